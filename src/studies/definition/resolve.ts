import { objectiveFor } from '../../objectives/table.ts';
import { pinnedSampler, samplerFor } from '../../samplers/table.ts';
import { DomainError, type Violation } from '../../shared/errors.ts';
import { metricOf, naturalDirection, type ResolvedSpec, type StudySpec } from './definition.ts';
import { definitionViolations, newDefinitionViolations } from './violations.ts';

/**
 * Fills in every default that a stored definition has.
 *
 * @param drawnSeed the seed of a study that names none
 * @throws DomainError `invalid-study` that lists every violation
 */
export function resolveSpec(spec: StudySpec, drawnSeed: number): ResolvedSpec {
  refuse(definitionViolations(spec));
  const objective = objectiveFor(spec.objective);
  const metrics = spec.metrics.map(({ name, direction }) => ({
    name,
    direction: direction ?? naturalDirection(objective, name) ?? 'maximize',
  }));
  const sampler = samplerFor({ space: spec.searchSpace, direction: metricOf({ metrics }).direction }, spec.sampler);
  const seed = spec.seed ?? drawnSeed;
  return {
    ...spec,
    metrics,
    parallelism: spec.parallelism ?? sampler.defaultParallelism(),
    seed,
    objectiveSeed: spec.objectiveSeed ?? seed,
    schedule: spec.schedule ?? 'deterministic',
    evaluate: false,
  };
}

/**
 * Fills in every default of a study that a client creates, also those that a stored definition may leave open: it keeps the meaning
 * that they had when it was stored.
 *
 * @param drawnSeed the seed of a study that names none
 * @throws DomainError `invalid-study` that lists every violation
 */
export function resolveNewSpec(spec: StudySpec, drawnSeed: number): ResolvedSpec {
  refuse([...definitionViolations(spec), ...newDefinitionViolations(spec)]);
  return {
    ...resolveSpec(spec, drawnSeed),
    sampler: pinnedSampler(spec.sampler),
    objective: objectiveFor(spec.objective).pinned(spec.searchSpace),
    ranking: spec.ranking ?? 'finite-first',
  };
}

function refuse(violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  const many = violations.length === 1 ? 'an error' : `${violations.length} errors`;
  throw new DomainError('invalid-study', `the study definition has ${many}`, { violations });
}
