import { LRUCache } from 'lru-cache';
import type { Observation } from '../../samplers/contract.ts';
import type { TrialResult } from '../../studies/model/trial.ts';
import { observationOf } from '../../studies/search/advance-draft.ts';

/** Cache size: the number of studies that typically advance at a time on one machine. */
const studiesAtMost = 32;

/** Cache of observed trials. They never change, so that a process reads each of them once. */
export interface ObservationCache {
  /**
   * Trials 0 … `number` − 1 of a study, in order. All of them must be observed.
   *
   * @param read reads the trials from a number on (excluding `to`), in order
   */
  before(read: ReadResults, studyId: string, number: number): Promise<readonly Observation[]>;
}

/** Trials that are read at a time: a long history does not block the process. */
const readAtOnce = 500;

type ReadResults = (studyId: string, from: number, to: number) => Promise<readonly TrialResult[]>;

/** Keeps the observations of the studies asked for last. A search that looks back asks for all of them at each step. */
export function observationCache(): ObservationCache {
  const known = new LRUCache<string, readonly Observation[]>({ max: studiesAtMost });
  return {
    before: async (read, studyId, number) => {
      const kept = known.get(studyId) ?? [];
      const observations = kept.length < number ? [...kept, ...(await readOn(read, studyId, kept.length, number))] : kept;
      known.set(studyId, observations);
      return observations.length === number ? observations : observations.slice(0, number);
    },
  };
}

async function readOn(read: ReadResults, studyId: string, from: number, end: number): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (let first = from; first < end; first += readAtOnce)
    observations.push(...(await read(studyId, first, Math.min(end, first + readAtOnce))).map(observationOf));
  return observations;
}
