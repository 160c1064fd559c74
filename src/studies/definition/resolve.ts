import { type BoundObjective, objectiveFor } from '../../objectives/table.ts';
import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import { pinnedSampler, samplerFor } from '../../samplers/table.ts';
import { countedErrors } from '../../shared/counted.ts';
import { DomainError, type Violation } from '../../shared/errors.ts';
import { mappedInSlices } from '../../shared/slices.ts';
import { type ChosenSpec, naturalDirection, problemOf, type ResolvedSpec, type StudySpec } from './definition.ts';
import { givenAtOnce, givenViolations, resolvedGiven } from './given-trials.ts';
import { chosenSampler, definitionViolations, namedValues, newDefinitionViolations, withoutOrigin } from './violations.ts';
import { isTaken } from './warm-start.ts';

/**
 * Fills in every default that a stored definition has.
 *
 * @param drawnSeed the seed of a study that names none
 * @throws DomainError `invalid-study` that lists every violation
 */
export function resolveSpec(spec: StudySpec, drawnSeed: number): ResolvedSpec {
  refuse(definitionViolations(spec));
  return withDefaults(withSampler(spec), drawnSeed);
}

/**
 * Fills in every default of a study that a client creates, also the defaults that a stored definition may leave open because it keeps the
 * meaning of the release that stored it.
 *
 * @param drawnSeed the seed of a study that names none
 * @throws DomainError `invalid-study` that lists every violation
 */
export function resolveNewSpec(spec: StudySpec, drawnSeed: number): ResolvedSpec {
  refuse([...definitionViolations(spec), ...newDefinitionViolations(spec)]);
  const chosen = withSampler(spec);
  const sampler = pinnedSampler(chosen.sampler, problemOf(withDefaults(chosen, drawnSeed)));
  return {
    ...withDefaults({ ...chosen, sampler }, drawnSeed),
    objective: objectiveFor(spec.objective).pinned(spec.searchSpace),
    ranking: spec.ranking ?? 'finite-first',
  };
}

/**
 * The same, which yields to the event loop between its given trials: there may be thousands.
 *
 * @param drawnSeed the seed of a study that names none
 * @throws DomainError `invalid-study` that lists every violation
 */
export async function resolveNewStudy(spec: StudySpec, drawnSeed: number): Promise<ResolvedSpec> {
  const { givenTrials = [], ...others } = withSampler(spec);
  const study = { space: spec.searchSpace, ...namedValues(spec) };
  const ofGiven = await mappedInSlices(givenTrials, givenAtOnce, (some, first) =>
    givenViolations(study, some, { pointer: '/givenTrials', first }),
  );
  if (ofGiven.length > 0) refuse([...definitionViolations(others), ...ofGiven.map(withoutOrigin), ...newDefinitionViolations(others)]);
  const resolved = resolveNewSpec(others, drawnSeed);
  const given = await mappedInSlices(givenTrials, givenAtOnce, (some) => resolvedGiven(spec.searchSpace, some));
  return given.length > 0 ? { ...resolved, givenTrials: given } : resolved;
}

/** The definition with the sampler that the client named, or else the one that is chosen for it, and why. */
function withSampler({ sampler, ...spec }: StudySpec): ChosenSpec {
  if (sampler.type !== 'auto') return { ...withoutOtherReason(spec, sampler.type), sampler };
  const { options, reason } = chosenSampler(spec);
  return { ...spec, sampler: options, samplerReason: reason };
}

/** A definition that was copied from another one, with another sampler, has lost the reason for the one before. */
function withoutOtherReason(spec: Omit<StudySpec, 'sampler'>, sampler: string): Omit<StudySpec, 'sampler'> {
  const { samplerReason, ...others } = spec;
  return samplerReason === undefined || samplerReason.startsWith(`${sampler}: `) ? spec : others;
}

/** Fills in the defaults of a definition without a violation. */
function withDefaults(spec: ChosenSpec, drawnSeed: number): ResolvedSpec {
  const objective = objectiveFor(spec.objective);
  const metrics = spec.metrics.map(({ name, direction }) => ({
    name,
    direction: direction ?? naturalDirection(objective, name) ?? 'maximize',
  }));
  const sampler = samplerFor(problemOf({ ...spec, metrics }), spec.sampler);
  const seed = spec.seed ?? drawnSeed;
  const { givenTrials = [], warmStart = [], constraints = [], pruner, ...others } = spec;
  const taken = warmStart.filter(isTaken);
  return {
    ...others,
    ...(givenTrials.length > 0 && { givenTrials: resolvedGiven(spec.searchSpace, givenTrials) }),
    ...(taken.length > 0 && { warmStart: taken }),
    ...(constraints.length > 0 && { constraints }),
    ...(pruner && pruner.type !== 'none' && { pruner }),
    metrics,
    parallelism: spec.parallelism ?? defaultParallelism(objective, sampler),
    seed,
    objectiveSeed: spec.objectiveSeed ?? seed,
    schedule: spec.schedule ?? defaultSchedule(objective, sampler),
    evaluate: false,
  };
}

/** Default parallelism where workers of a client evaluate: their number is theirs to choose. */
const manyWorkers = 100;

function defaultParallelism(objective: BoundObjective, sampler: BoundSampler): number {
  return servesAnyWorker(objective, sampler) ? manyWorkers : sampler.defaultParallelism();
}

function defaultSchedule(objective: BoundObjective, sampler: BoundSampler): ResolvedSpec['schedule'] {
  return servesAnyWorker(objective, sampler) ? 'asynchronous' : 'deterministic';
}

/** True if any number of workers can evaluate trials at a time; a generation has a size and must be complete before the next. */
function servesAnyWorker({ evaluatedBy }: BoundObjective, { learns }: BoundSampler): boolean {
  return evaluatedBy === 'client' && learns !== 'generations';
}

/** @throws DomainError `invalid-study` that lists every violation, if there is one */
export function refuse(violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  throw new DomainError('invalid-study', `the study definition has ${countedErrors(violations)}`, { violations });
}
