import { AskDesk, type DeskTools } from '../../studies/actions/ask-desk.ts';
import type { Asking } from '../../studies/actions/asking.ts';
import type { Database } from '../database/database.ts';
import { askTransactions } from './asking.ts';
import { workerTrials } from './worker-trials.ts';

/** Opens the place where workers of clients ask for trials and deliver their results, on PostgreSQL. Dispose its desk before the database. */
export function openAsking(database: Database, tools: Omit<DeskTools, 'asking'>): Asking {
  const asking = askTransactions(database);
  return { desk: new AskDesk({ ...tools, asking }), trials: workerTrials(database), activeStudies: asking.activeStudies };
}
