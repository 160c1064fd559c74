import { ProjectLimits } from '../access/project-limits.ts';
import { type DefinitionCache, definitionCache } from './definition-cache.ts';
import { type GivenConfigurations, givenConfigurations } from './given-configurations.ts';
import { type ObservationCache, observationCache } from './observation-cache.ts';
import { type ResultsCache, resultsCache } from './results-cache.ts';

/** Facts that a process keeps: those of studies never change. Requests of workers use them too, beside some of their own (`workers/known.ts`). */
export interface KnownFacts {
  readonly definitions: DefinitionCache;
  readonly history: ObservationCache;
  readonly results: ResultsCache;
  readonly given: GivenConfigurations;
  readonly limits: ProjectLimits;
}

/** The memory of a process that has moved no study yet. */
export function noFacts(): KnownFacts {
  return {
    definitions: definitionCache(),
    history: observationCache(),
    results: resultsCache(),
    given: givenConfigurations(),
    limits: new ProjectLimits(),
  };
}
