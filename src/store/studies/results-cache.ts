import { LRUCache } from 'lru-cache';
import type { TrialResult } from '../../studies/model/trial.ts';
import { keptStates } from '../workers/unobserved.ts';

/** Trials that are read at a time: some milliseconds of work. */
const readAtOnce = 500;
/** Blocks of so many trials that a process keeps. */
const blocksAtMost = 200;

/** Cache of trials that have ended and that no search has observed yet: a generation may wait with thousands of known results for its last member. */
export interface ResultsCache {
  /**
   * Trials of a study from a number on, excluding `end`, in order.
   *
   * @param read reads the trials from a number on (excluding `to`), in order
   */
  between(read: ReadResults, studyId: string, range: { readonly from: number; readonly end: number }): Promise<TrialResult[]>;
}

type ReadResults = (studyId: string, from: number, to: number) => Promise<readonly TrialResult[]>;

/** Keeps whole blocks whose trials have all ended: each block is one statement. Requests of workers keep single trials (`workers/known.ts`). */
export function resultsCache(): ResultsCache {
  const ended = new LRUCache<string, readonly TrialResult[]>({ max: blocksAtMost });
  return {
    between: async (read, studyId, { from, end }) => {
      const trials: TrialResult[] = [];
      for (let block = Math.floor(from / readAtOnce); block * readAtOnce < end; block += 1) {
        const key = `${studyId}/${block}`;
        const [first, last] = [block * readAtOnce, (block + 1) * readAtOnce];
        const found = ended.get(key) ?? (await read(studyId, Math.max(from, first), Math.min(end, last)));
        if (found.length === readAtOnce && found.every(({ state }) => keptStates.has(state))) ended.set(key, found);
        for (const trial of found) if (trial.number >= from && trial.number < end) trials.push(trial);
      }
      return trials;
    },
  };
}
