import type { Direction } from '../../objectives/contract.ts';
import { type BoundObjective, objectiveFor } from '../../objectives/table.ts';
import { type Choice, chooseSampler } from '../../samplers/auto/choose.ts';
import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import { type Problem, widestWindow } from '../../samplers/contract.ts';
import { samplerFor, samplers } from '../../samplers/table.ts';
import type { CrossViolation, Violation } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/suggestion.ts';
import { computedEndViolations } from '../../space/computed-ends.ts';
import { unreachableLimits, wrongConstraints } from './constraints.ts';
import { knownToObjective, naturalDirection, type StudySpec } from './definition.ts';
import { givenViolations, type WrittenGiven } from './given-trials.ts';
import type { NamedValues } from './ranking.ts';

/** The parts of a definition that are valid each by itself. A part that is missing is not checked. */
export type DefinitionParts = {
  readonly [Key in 'searchSpace' | 'metrics' | 'constraints' | 'sampler' | 'pruner' | 'budget' | 'parallelism' | 'schedule' | 'objective']?:
    | StudySpec[Key]
    | undefined;
} & { readonly givenTrials?: readonly Pick<WrittenGiven, 'parameters' | 'values'>[] | undefined };

/** Checks the parts of a definition against each other. Pointers are into the study. */
export function definitionViolations(parts: DefinitionParts): Violation[] {
  return partViolations(parts).map(withoutOrigin);
}

/**
 * Checks what only a new definition must keep: a stored or imported one is accepted as it is.
 *
 * @returns violations beyond those of `definitionViolations`
 */
export function newDefinitionViolations(parts: DefinitionParts): Violation[] {
  return newPartViolations(parts).map(withoutOrigin);
}

/** Leaves out what a violation follows from, which is no part of an answer. */
export function withoutOrigin({ pointer, detail }: CrossViolation): Violation {
  return { pointer, detail };
}

/** The violations of `definitionViolations` with the values that they follow from. */
export function partViolations(parts: DefinitionParts): CrossViolation[] {
  const { searchSpace, sampler: wanted } = parts;
  const objective = parts.objective && objectiveFor(parts.objective);
  const options = wanted?.type === 'auto' ? searchSpace && chosenSampler({ ...parts, searchSpace }).options : wanted;
  const sampler = options && searchSpace && samplerFor(problemOfParts({ ...parts, searchSpace }, objective), options);
  return [
    ...(objective ? [...metricViolations(parts, objective), ...wrongConstraints(parts.constraints ?? [], objective)] : []),
    ...(sampler ? [...samplerViolations(sampler), ...samplerFitViolations(parts, sampler)] : []),
    ...severalViolations(parts, sampler),
    ...prunerViolations(parts),
    ...(sampler?.hasRungs && hasPruner(parts.pruner) ? [prunerBesideRungs(sampler)] : []),
    ...(objective && searchSpace ? objective.check(searchSpace) : []),
    ...(searchSpace && parts.givenTrials
      ? givenViolations({ space: searchSpace, ...namedValues(parts) }, parts.givenTrials, { pointer: '/givenTrials' })
      : []),
  ];
}

/** The violations of `newDefinitionViolations` with the values that they follow from. */
export function newPartViolations(parts: DefinitionParts): CrossViolation[] {
  return [
    ...(parts.searchSpace ? computedEndViolations(parts.searchSpace) : []),
    ...targetViolations(parts),
    ...needlessPruner(parts),
    ...(parts.objective && parts.constraints ? unreachableLimits(parts.constraints, objectiveFor(parts.objective)) : []),
  ];
}

/** The parts of a definition that name values, as far as they are there. */
export function namedValues({ metrics = [], constraints = [] }: Pick<DefinitionParts, 'metrics' | 'constraints'>): NamedValues {
  return { metrics, constraints };
}

/** The sampler of a definition that leaves it open. */
export function chosenSampler(parts: DefinitionParts & Pick<StudySpec, 'searchSpace'>): Choice {
  const { searchSpace, budget = {}, parallelism, objective, givenTrials = [], schedule } = parts;
  const problem = problemOfParts({ ...parts, searchSpace }, objective && objectiveFor(objective));
  const known = givenTrials.filter(({ values }) => values !== undefined).length;
  return chooseSampler({
    problem,
    budget,
    parallelism,
    known,
    isAsynchronous: schedule === 'asynchronous',
  });
}

/** The direction of the metric, of several the first: its own, or else its natural one; null if neither is known. */
function directionOf({ metrics: [metric] = [] }: DefinitionParts, objective: BoundObjective | undefined): Direction | null {
  return metric?.direction ?? (objective && metric ? naturalDirection(objective, metric.name) : null);
}

/** The directions of the search problem, as far as they are known. */
function directionsOf({ metrics = [] }: DefinitionParts, objective: BoundObjective | undefined): Pick<Problem, 'direction' | 'directions'> {
  const directions = metrics.map((metric) => directionOf({ metrics: [metric] }, objective) ?? 'maximize');
  return { direction: directions[0] ?? 'maximize', ...(directions.length > 1 && { directions }) };
}

/** The search problem, as far as it is known. */
function problemOfParts(parts: DefinitionParts & Pick<StudySpec, 'searchSpace'>, objective: BoundObjective | undefined): Problem {
  const { searchSpace: space } = parts;
  return { space, ...directionsOf(parts, objective), ...(objective && knownToObjective(objective, space)) };
}

/** Violations of a study with several metrics: it needs a sampler for them, and none of their values is a target. */
function severalViolations({ metrics = [], budget }: DefinitionParts, sampler: BoundSampler | undefined): CrossViolation[] {
  if (metrics.length < 2) return [];
  const detail = `must be absent: a study with ${metrics.length} metrics has no single value that could reach a target`;
  const able = Object.values(samplers).filter((other) => (other.mostMetrics ?? 1) >= metrics.length);
  return [
    ...(sampler && sampler.mostMetrics < metrics.length
      ? [
          {
            pointer: '/sampler/type',
            detail: `the ${sampler.name} sampler searches one metric, and the study has ${metrics.length}: take ${able.map(({ name }) => name).join(', ')}, or one metric and constraints for the others`,
            from: ['/metrics'],
          },
        ]
      : []),
    ...(budget?.targetValue === undefined ? [] : [{ pointer: '/budget/targetValue', detail, from: ['/metrics'] }]),
  ];
}

/** A pruner compares one value. */
function prunerViolations({ metrics = [], pruner }: DefinitionParts): CrossViolation[] {
  if (!hasPruner(pruner) || metrics.length < 2) return [];
  const detail = `must be absent: a study with ${metrics.length} metrics has no single value by which a trial could be stopped`;
  return [{ pointer: '/pruner', detail, from: ['/metrics'] }];
}

/** Rungs and a pruner would both stop trials, each by rules that do not know of the other. */
function prunerBesideRungs({ name, changesValues }: BoundSampler): CrossViolation {
  const detail = changesValues
    ? `must be absent: ${name} itself replaces the worst members after each round`
    : `must be absent: the ${name} sampler measures trials at rungs, and continues the best of them itself`;
  return { pointer: '/pruner', detail, from: ['/sampler'] };
}

/** A pruner never judges an evaluation of one step. Workers of clients alone know how many steps they report. */
function needlessPruner({ pruner, objective: options, searchSpace }: DefinitionParts): CrossViolation[] {
  if (!hasPruner(pruner) || !options || !searchSpace) return [];
  const objective = objectiveFor(options);
  if (objective.evaluatedBy === 'client' || (objective.fidelity(searchSpace)?.most ?? 1) > 1) return [];
  const detail = 'must be absent: each evaluation has one step, so that no trial can be stopped before its end';
  return [{ pointer: '/pruner', detail, from: ['/objective', '/searchSpace'] }];
}

function hasPruner(pruner: DefinitionParts['pruner']): boolean {
  return pruner !== undefined && pruner.type !== 'none';
}

function metricViolations({ metrics = [] }: DefinitionParts, objective: BoundObjective): Violation[] {
  const known = objective.values().filter(({ direction }) => direction !== null);
  return metrics.flatMap(({ name }, index) => {
    if (known.some((metric) => metric.name === name)) return [];
    const names = known.map((metric) => metric.name).join(', ');
    return [
      {
        pointer: `/metrics/${index}/name`,
        detail: `the objective ${objective.name} has no metric ${name}; it has ${names}${didYouMean(
          name,
          known.map((metric) => metric.name),
        )}`,
      },
    ];
  });
}

/** A target beyond the range of its metric is never reached. Pointers are into the study. */
export function targetViolations(parts: DefinitionParts): CrossViolation[] {
  const { metrics: [metric] = [], budget, objective: options } = parts;
  const target = budget?.targetValue;
  if (!metric || !options || target === undefined || (parts.metrics?.length ?? 0) > 1) return [];
  const objective = objectiveFor(options);
  const value = objective.values().find(({ name }) => name === metric.name);
  const direction = directionOf(parts, objective);
  if (!value || direction === null) return [];
  const { low, high } = value.range;
  const best = direction === 'maximize' ? high : low;
  if (best === null || (direction === 'maximize' ? target <= best : target >= best)) return [];
  const bound = direction === 'maximize' ? `at most ${best}, the largest` : `at least ${best}, the smallest`;
  const detail = `must be ${bound} value of ${metric.name}: no trial can reach ${target}`;
  return [{ pointer: '/budget/targetValue', detail, from: ['/metrics/0'] }];
}

function samplerViolations(sampler: BoundSampler): CrossViolation[] {
  return sampler.check().map((violation) => ({ ...violation, pointer: `/sampler${violation.pointer}` }));
}

function samplerFitViolations(parts: DefinitionParts, sampler: BoundSampler): CrossViolation[] {
  return [...budgetViolations(parts, sampler), ...parallelismViolations(parts, sampler), ...scheduleViolations(parts, sampler)];
}

function parallelismViolations({ parallelism }: DefinitionParts, { learns, name }: BoundSampler): Violation[] {
  if (learns !== 'history' || parallelism === undefined || parallelism <= widestWindow) return [];
  const detail = `must be at most ${widestWindow} for the ${name} sampler, which learns from results: a suggestion knows nothing of the results of open trials`;
  return [{ pointer: '/parallelism', detail }];
}

function scheduleViolations({ schedule }: DefinitionParts, { learns, name }: BoundSampler): Violation[] {
  if (schedule !== 'asynchronous' || learns !== 'generations') return [];
  const detail = `must be deterministic for the ${name} sampler: it makes a generation from the complete one before, so it cannot suggest any trial until that is done`;
  return [{ pointer: '/schedule', detail }];
}

function budgetViolations({ budget }: DefinitionParts, sampler: BoundSampler): CrossViolation[] {
  if (!budget) return [];
  const violations: CrossViolation[] = [];
  const generational = sampler.learns === 'generations';
  if (budget.generations !== undefined && !generational)
    violations.push({ pointer: '/budget/generations', detail: `the ${sampler.name} sampler has no generations; give a number of trials` });
  const bounded =
    budget.trials !== undefined ||
    budget.generations !== undefined ||
    budget.wallClockSeconds !== undefined ||
    sampler.size(budget) !== null;
  if (bounded) return violations;
  const detail = `needs a limit: trials${generational ? ', generations' : ''} or wallClockSeconds`;
  const from = ['trials', 'generations', 'wallClockSeconds'].map((key) => `/budget/${key}`);
  return [...violations, { pointer: '/budget', detail, from }];
}
