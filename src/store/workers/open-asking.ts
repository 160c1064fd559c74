import { AskDesk, type DeskTools } from '../../studies/actions/ask-desk.ts';
import type { Asking } from '../../studies/actions/asking.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { type KnownFacts, noFacts } from '../studies/known.ts';
import { askStore } from './ask-store.ts';
import { nothingKnown } from './known.ts';
import { workerTrials } from './worker-trials.ts';

/**
 * Opens the place where workers of clients ask for trials and deliver their results, on PostgreSQL. Dispose its desk before the database.
 *
 * @param facts those of the process's transactions
 */
export function openAsking(database: DirectDatabase, tools: Omit<DeskTools, 'asking'>, facts: KnownFacts = noFacts()): Asking {
  const known = nothingKnown(facts);
  const asking = askStore(database, known);
  return { desk: new AskDesk({ ...tools, asking }), trials: workerTrials(database, known) };
}
