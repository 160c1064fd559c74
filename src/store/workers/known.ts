import { LRUCache } from 'lru-cache';
import type { ResolvedSpec } from '../../studies/definition/definition.ts';
import type { TrialResult } from '../../studies/model/trial.ts';

/** Studies and trials that a process keeps in memory. */
const studiesAtMost = 1000;
const trialsAtMost = 100_000;

/** Facts that never change, kept by a process that serves workers. */
export interface Known {
  /** Definitions of studies, by their ids. */
  readonly definitions: LRUCache<string, ResolvedSpec>;
  /** The study of a trial that was given out here. */
  readonly studyOf: LRUCache<string, string>;
  /** Trials of studies, by their ids, that have ended and that no search has observed yet, in order. */
  readonly unobserved: LRUCache<string, readonly TrialResult[]>;
}

/** The memory of a process that has just started. */
export function nothingKnown(): Known {
  return {
    definitions: new LRUCache({ max: studiesAtMost }),
    studyOf: new LRUCache({ max: trialsAtMost }),
    unobserved: new LRUCache({ max: studiesAtMost, maxSize: trialsAtMost, sizeCalculation: ({ length }) => length + 1 }),
  };
}
