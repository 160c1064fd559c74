import { objectiveFor } from '../../objectives/table.ts';
import { newId } from '../../shared/ids.ts';
import { inSlices } from '../../shared/slices.ts';
import { type ImportPlan, planImport } from '../document/import-plan.ts';
import { importedLog } from '../document/log.ts';
import type { StudyImport } from '../document/request.ts';
import type { ChainedEvent } from '../events/event.ts';
import type { StudyMembership } from '../model/study.ts';
import type { Planner } from '../ports/planner.ts';
import type { StudyTransaction, Transactions } from '../ports/transactions.ts';
import { queuedTrials } from '../search/queued-trials.ts';
import { inProcessPlanner } from '../search/suggest.ts';
import { advanceStudy } from './advance.ts';

/** Number of rows that one statement stores: some megabytes. */
const rowsAtOnce = 1000;
/**
 * Time limit of the transaction, ten times what the import of 100,000 trials takes. Nobody else sees the new rows yet, so that nothing
 * waits for their locks.
 */
export const importStoreSeconds = 600;
/** Number of events that one statement stores; one event may name hundreds of trials. */
const eventsAtOnce = 20;

/**
 * Creates a study from an export: in its exported state, under another budget, or forked. Everything except the results is searched
 * again and compared before anything is stored; then everything is stored in one transaction, or nothing.
 *
 * @returns its id
 * @param planner makes the suggestions of a slow sampler again
 * @throws DomainError `invalid-document` naming every violation; pointers are into the request
 */
export async function importStudy(store: Transactions, request: StudyImport, planner: Planner = inProcessPlanner): Promise<string> {
  const plan = await planImport(request, planner);
  const log = await importedLog(plan);
  const id = newId();
  await store.transaction((tx) => insertImportedStudy(tx, { id, plan, log, campaign: null }), { timeoutSeconds: importStoreSeconds });
  // A changed study may have room for more trials; an unchanged one stays as it was.
  if (plan.changed && plan.state === 'active') await advanceStudy(store, id);
  return id;
}

/** An imported study to be stored. */
export interface ImportedStudy {
  readonly id: string;
  readonly plan: ImportPlan;
  /** See `importedLog`. */
  readonly log: readonly ChainedEvent[];
  /** null for a standalone study. */
  readonly campaign: StudyMembership | null;
}

/** Inserts an imported study with its results and its log, in the caller's transaction. */
export async function insertImportedStudy(tx: StudyTransaction, { id, plan, log, campaign }: ImportedStudy): Promise<void> {
  const { spec, definition, changes, state, outcome, progress, checkpoints, finished, queue, forkedFrom } = plan;
  tx.noteCommit('import');
  const objectiveVersion = objectiveFor(spec.objective).version;
  await tx.insertStudy({ id, spec, definition, progress, objectiveVersion, campaign, forkedFrom, changes });
  for (const some of inSlices(checkpoints, rowsAtOnce)) await tx.insertCheckpoints(id, some);
  for (const some of inSlices(finished, rowsAtOnce)) await tx.insertFinishedTrials(id, some);
  for (const some of inSlices(queue, rowsAtOnce)) await tx.insertTrials(id, queuedTrials(spec, some));
  for (const some of inSlices(log, eventsAtOnce)) await tx.insertEvents(id, some);
  if (state !== 'active') await tx.updateStudy(id, { state, ...(outcome && { outcome }) });
}
