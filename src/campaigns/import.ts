import { setTimeout } from 'node:timers/promises';
import { newId } from '../shared/ids.ts';
import { type ImportedStudy, importStoreSeconds, insertImportedStudy } from '../studies/actions/import.ts';
import { importedLog } from '../studies/document/log.ts';
import type { Planner } from '../studies/ports/planner.ts';
import { inProcessPlanner } from '../studies/search/suggest.ts';
import type { CampaignImport } from './document.ts';
import { type CampaignImportPlan, planCampaignImport } from './import-plan.ts';
import type { CampaignTransaction, CampaignTransactions } from './ports.ts';

/**
 * The database's clock counts whole milliseconds. A part that is paused in an active campaign stays paused only if its last change is
 * later than the campaign's (see `catchUpCampaign`).
 */
const laterMs = 2;

/**
 * Creates a campaign from its export, in its exported state. The search of every part is made again and compared, and so are the
 * campaign's own steps and its winner, before anything is stored; then everything is stored in one transaction, or nothing. The
 * next sweep takes the steps that are due.
 *
 * @returns its id
 * @param planner makes the suggestions of slow samplers again
 * @throws DomainError `invalid-document` that lists every violation; pointers are into the request
 */
export async function importCampaign(
  store: CampaignTransactions,
  request: CampaignImport,
  planner: Planner = inProcessPlanner,
): Promise<string> {
  const plan = await planCampaignImport(request, planner);
  const id = newId();
  const studies: ImportedStudy[] = [];
  for (const { kind, name, study } of plan.parts)
    studies.push({ id: newId(), plan: study, log: await importedLog(study), campaign: { campaignId: id, kind, name } });
  await store.transaction((tx) => insertImported(tx, { id, plan, studies }), { timeoutSeconds: importStoreSeconds });
  return id;
}

async function insertImported(
  tx: CampaignTransaction,
  { id, plan, studies }: { readonly id: string; readonly plan: CampaignImportPlan; readonly studies: readonly ImportedStudy[] },
): Promise<void> {
  const { spec, state, outcome } = plan;
  await tx.insertCampaign({ id, spec });
  if (state !== 'active') await tx.updateCampaign(id, { state, ...(outcome && { outcome }) });
  await setTimeout(laterMs);
  for (const study of studies) await insertImportedStudy(tx, study);
}
