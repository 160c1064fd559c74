import { newId } from '../shared/ids.ts';
import { insertNewStudy, newStudies } from '../studies/actions/create.ts';
import { studyOf } from './parts.ts';
import { planCampaign } from './plan.ts';
import type { CampaignTransactions } from './ports.ts';
import type { ResolvedCampaign } from './spec.ts';

/**
 * Creates a campaign with its first studies (all of its searches, or the first one if they run one after the other), their
 * checkpoints and first trials, in one transaction.
 *
 * @param spec see `resolveCampaign`
 * @returns its id
 */
export async function createCampaign(store: CampaignTransactions, spec: ResolvedCampaign): Promise<string> {
  const id = newId();
  const { insert } = planCampaign({ spec, parts: [] });
  const studies = await newStudies(insert.map((part) => studyOf(part, id)));
  await store.transaction(async (tx) => {
    await tx.insertCampaign({ id, spec });
    for (const study of studies) await insertNewStudy(tx, study);
  });
  return id;
}
