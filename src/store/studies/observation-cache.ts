import { LRUCache } from 'lru-cache';
import type { History, Observation } from '../../samplers/observation.ts';
import { invariant } from '../../shared/errors.ts';
import { firstOf } from '../../shared/shared-list.ts';
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
  before(read: ReadResults, studyId: string, number: number): Promise<History>;
}

/** Trials that are read at a time: a long history does not block the process. */
const readAtOnce = 500;

type ReadResults = (studyId: string, from: number, to: number) => Promise<readonly TrialResult[]>;

/** Keeps the observations of the studies asked for last. A search that looks back asks for all of them at each step: they are not copied. */
export function observationCache(): ObservationCache {
  const known = new LRUCache<string, Observation[]>({ max: studiesAtMost });
  return {
    before: async (read, studyId, number) => {
      const observations = known.get(studyId) ?? [];
      known.set(studyId, observations);
      while (observations.length < number) await readOn(observations, read, { studyId, number });
      return firstOf(observations, number);
    },
  };
}

/** Adds the observations that are read next, unless another call has added them meanwhile. */
async function readOn(
  observations: Observation[],
  read: ReadResults,
  { studyId, number }: { readonly studyId: string; readonly number: number },
): Promise<void> {
  const from = observations.length;
  for (const result of await read(studyId, from, Math.min(number, from + readAtOnce)))
    if (result.number === observations.length) observations.push(observationOf(result));
  invariant(observations.length > from, `trial ${from} is observed`);
}
