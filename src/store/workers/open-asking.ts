import { LRUCache } from 'lru-cache';
import { AskDesk, type DeskTools } from '../../studies/actions/ask-desk.ts';
import type { Asking } from '../../studies/actions/asking.ts';
import type { ResolvedSpec } from '../../studies/definition/definition.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { askStore } from './ask-store.ts';
import { workerTrials } from './worker-trials.ts';

/** Definitions and trials that a process keeps in memory. */
const definitionsAtMost = 1000;
const trialsAtMost = 100_000;

/** Opens the place where workers of clients ask for trials and deliver their results, on PostgreSQL. Dispose its desk before the database. */
export function openAsking(database: DirectDatabase, tools: Omit<DeskTools, 'asking'>): Asking {
  const known = {
    definitions: new LRUCache<string, ResolvedSpec>({ max: definitionsAtMost }),
    studyOf: new LRUCache<string, string>({ max: trialsAtMost }),
  };
  const asking = askStore(database, known);
  return { desk: new AskDesk({ ...tools, asking }), trials: workerTrials(database, known), activeStudies: asking.activeStudies };
}
