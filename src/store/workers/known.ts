import { LRUCache } from 'lru-cache';
import type { ResolvedSpec } from '../../studies/definition/definition.ts';
import type { TrialResult } from '../../studies/model/trial.ts';
import type { KnownFacts } from '../studies/known.ts';
import { definitionOf } from '../studies/rows.ts';

/** Studies and trials that a process keeps in memory. */
const studiesAtMost = 1000;
const trialsAtMost = 100_000;

/** Parsed definitions of studies, by their ids. */
export interface Definitions {
  get(studyId: string): ResolvedSpec | undefined;
  /** Parses a definition that was read, and keeps it. */
  keep(studyId: string, row: Parameters<typeof definitionOf>[0]): ResolvedSpec;
}

/**
 * Facts that never change, kept by a process that serves workers. Observations, given configurations and large definitions are those of
 * its transactions (`KnownFacts`). Two memories are of its own:
 *
 * - `definitions` has small ones too, because each request needs the definition. A transaction reads a small one with the study, in no
 *   time, and also needs its stored text.
 * - `unobserved` has single trials between open ones, because a request reads everything in one statement, which names the trials that it
 *   lacks. A transaction reads blocks, each by a statement, and keeps whole ones (`ResultsCache`).
 */
export interface Known {
  readonly facts: KnownFacts;
  readonly definitions: Definitions;
  /** The study of a trial that was given out here. */
  readonly studyOf: LRUCache<string, string>;
  /** Trials of studies, by their ids, that have ended and that no search has observed yet, in order. */
  readonly unobserved: LRUCache<string, readonly TrialResult[]>;
}

/** The memory of a process that serves no worker yet. */
export function nothingKnown(facts: KnownFacts): Known {
  return {
    facts,
    definitions: definitionsBeside(facts),
    studyOf: new LRUCache({ max: trialsAtMost }),
    unobserved: new LRUCache({ max: studiesAtMost, maxSize: trialsAtMost, sizeCalculation: ({ length }) => length + 1 }),
  };
}

function definitionsBeside(facts: KnownFacts): Definitions {
  const kept = new LRUCache<string, ResolvedSpec>({ max: studiesAtMost });
  return {
    get: (studyId) => kept.get(studyId) ?? facts.definitions.get(studyId)?.spec,
    keep: (studyId, row) => {
      const known = facts.definitions.get(studyId) ?? definitionOf(row);
      facts.definitions.keep(studyId, known);
      kept.set(studyId, known.spec);
      return known.spec;
    },
  };
}
