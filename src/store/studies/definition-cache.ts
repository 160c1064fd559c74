import { LRUCache } from 'lru-cache';
import type { ResolvedSpec } from '../../studies/definition/definition.ts';
import type { StoredDefinition } from '../../studies/definition/stored.ts';

/** Most studies, and given trials of their definitions, that a process keeps: together some tens of megabytes. */
const studiesAtMost = 500;
const givenAtMost = 30_000;

/** A definition as it is stored, and as it is read. */
export interface KnownDefinition {
  readonly definition: StoredDefinition;
  readonly spec: ResolvedSpec;
}

/**
 * The definitions of studies, by their ids. They are written once and never again, so that a process reads each of them once: one with
 * thousands of given trials takes a tenth of a second.
 */
export type DefinitionCache = LRUCache<string, KnownDefinition>;

/** Keeps the definitions of the studies asked for last. */
export function definitionCache(): DefinitionCache {
  return new LRUCache({
    max: studiesAtMost,
    maxSize: givenAtMost,
    sizeCalculation: ({ spec: { givenTrials = [] } }) => givenTrials.length + 1,
  });
}
