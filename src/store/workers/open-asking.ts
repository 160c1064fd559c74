import type { Asking } from '../../studies/actions/asking.ts';
import { type DispatcherTools, TrialDispatcher } from '../../studies/actions/trial-dispatcher.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { type KnownFacts, noFacts } from '../studies/known.ts';
import { askStore } from './ask-store.ts';
import { nothingKnown } from './known.ts';
import { workerTrials } from './worker-trials.ts';

/**
 * Opens the place where workers of clients ask for trials and deliver their results, on PostgreSQL. Dispose its dispatcher before the database.
 *
 * @param facts those of the process's transactions
 */
export function openAsking(database: DirectDatabase, tools: Omit<DispatcherTools, 'asking'>, facts: KnownFacts = noFacts()): Asking {
  const known = nothingKnown(facts);
  const asking = askStore(database, known);
  return { dispatcher: new TrialDispatcher({ ...tools, asking }), trials: workerTrials(database, known) };
}
