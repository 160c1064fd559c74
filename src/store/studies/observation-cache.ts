import { LRUCache } from 'lru-cache';
import type { Observation } from '../../samplers/contract.ts';
import type { Connection } from '../database/database.ts';
import { resultColumns, resultFromRow } from './rows.ts';

/** Cache size: the number of studies that typically advance at a time on one machine. */
const studiesAtMost = 32;

/** Cache of observed trials. They never change, so that a process reads each of them once. */
export interface ObservationCache {
  /** Trials 0 … `number` − 1 of a study, in order. All of them must be observed. */
  before(tx: Connection, studyId: string, number: number): Promise<readonly Observation[]>;
}

/** Keeps the observations of the studies asked for last. A search that looks back asks for all of them at each step. */
export function observationCache(): ObservationCache {
  const known = new LRUCache<string, readonly Observation[]>({ max: studiesAtMost });
  return {
    before: async (tx, studyId, number) => {
      const kept = known.get(studyId) ?? [];
      const observations = kept.length < number ? [...kept, ...(await read(tx, studyId, kept.length, number))] : kept;
      known.set(studyId, observations);
      return observations.slice(0, number);
    },
  };
}

async function read(tx: Connection, studyId: string, from: number, to: number): Promise<Observation[]> {
  const rows = await tx.trial.findMany({
    where: { studyId, number: { gte: from, lt: to } },
    orderBy: { number: 'asc' },
    select: resultColumns,
  });
  return rows.map(resultFromRow).map(({ number, parameters, origin, value }) => ({ number, parameters, origin, value }));
}
