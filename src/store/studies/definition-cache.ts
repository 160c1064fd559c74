import { LRUCache } from 'lru-cache';
import type { ResolvedSpec } from '../../studies/definition/definition.ts';
import type { StoredDefinition } from '../../studies/definition/stored.ts';

/** Fewest given trials of a definition that is kept: others are read in a moment. */
const givenAtLeast = 100;
/** Most given trials of all definitions that a process keeps: together some tens of megabytes. */
const givenAtMost = 30_000;

/** A definition as it is stored, and as it is read. */
export interface KnownDefinition {
  readonly definition: StoredDefinition;
  readonly spec: ResolvedSpec;
}

/**
 * Definitions of studies with many given trials, by the ids of the studies. They are written once and never again, so that a process
 * reads each of them once: one with thousands takes a tenth of a second. Requests of workers keep small ones too (`workers/known.ts`).
 */
export interface DefinitionCache {
  get(studyId: string): KnownDefinition | undefined;
  /** Keeps a definition if it is a large one. */
  keep(studyId: string, known: KnownDefinition): void;
}

/** Keeps the definitions of the studies asked for last. */
export function definitionCache(): DefinitionCache {
  const kept = new LRUCache<string, KnownDefinition>({ maxSize: givenAtMost, sizeCalculation: ({ spec }) => givenIn(spec) });
  return {
    get: (studyId) => kept.get(studyId),
    keep: (studyId, { definition, spec }) => {
      if (givenIn(spec) >= givenAtLeast) kept.set(studyId, { definition, spec });
    },
  };
}

function givenIn({ givenTrials = [] }: ResolvedSpec): number {
  return givenTrials.length;
}
