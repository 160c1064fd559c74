import { z } from 'zod';
import { type Direction, retriedKinds } from '../../objectives/contract.ts';
import { type BoundObjective, objectiveFor, objectiveSchema } from '../../objectives/table.ts';
import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import { samplerFor, samplerOptionsSchema } from '../../samplers/table.ts';
import { DomainError, invariant, type Violation } from '../../shared/errors.ts';
import { searchSpaceSchema } from '../../space/schema.ts';
import { lineageSchema, seedSchema } from './lineage.ts';

export const metricSchema = z
  .strictObject({
    name: z.string().min(1).max(100).describe('One of the metrics of the objective, as it is after the last step.'),
    direction: z
      .enum(['maximize', 'minimize'])
      .optional()
      .describe('Which values are better. Absent: the natural direction of the metric, such as minimize for a loss.'),
  })
  .meta({ id: 'Metric' });

const resolvedMetricSchema = metricSchema.required().meta({ id: 'ResolvedMetric', description: 'A metric with its direction.' });
export type Metric = z.output<typeof resolvedMetricSchema>;

const metricsText = 'Values to optimise. Exactly one for now; a later version takes several.';
const oneMetric = { error: 'must have exactly one metric; a later version takes several' };

/** Words of the client's own, to find studies by. */
export const labelsSchema = z
  .record(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'a label is named with 1 to 63 letters, digits, dots, dashes and underscores'),
    z.string().max(200),
  )
  .refine((labels) => Object.keys(labels).length <= 50, { error: 'must have at most 50 labels' })
  .describe('Words of your own: names and texts.');

export const budgetSchema = z
  .strictObject({
    trials: z.int().min(1).max(1_000_000).optional().describe('Trials charged.'),
    generations: z.int().min(1).max(100_000).optional().describe('Generations, the first one included; for generational samplers.'),
    wallClockSeconds: z
      .number()
      .positive()
      .max(31_536_000)
      .optional()
      .describe(
        'Time the study is active and the service is up. It stops at a recorded trial; such a study can be replayed, not repeated to the byte.',
      ),
    targetValue: z.number().optional().describe('Stop at the first trial (in number order) that reaches this value of the metric.'),
  })
  .meta({ id: 'Budget', description: 'When to stop: whatever comes first.' });

export const retriesSchema = z
  .strictObject({
    maxAttempts: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe('Attempts of a trial that fails by itself. Work lost with a dead runner is not charged.'),
    on: z
      .array(z.enum(retriedKinds))
      .max(retriedKinds.length)
      .refine((kinds) => new Set(kinds).size === kinds.length, { error: 'must name each kind once' })
      .default([...retriedKinds])
      .describe(
        'What is tried again: crash (the trainer died or outgrew its memory), error (it refused the training), timeout (it stood still, or took longer than timeoutSeconds). Whatever else fails the trial at once.',
      ),
  })
  .meta({ id: 'Retries' });

/**
 * Upper bound of the parallelism of a window sampler. A wider search would suggest almost without results, and the suggestions of
 * one advance, each of which reads the whole history, would hold the study's lock for seconds.
 */
const widestWindow = 100;

/** Names of studies and campaigns. */
export const nameSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'a name has no control characters')
  .describe('For people; it need not be unique.');

export const parallelismSchema = z
  .int()
  .min(1)
  .max(1000)
  .describe('Trials open at once. Absent: 16; 4 for tpe, which takes at most 100; a whole population for generational samplers.');

export const timeoutSchema = z
  .number()
  .positive()
  .max(31_536_000)
  .describe('An attempt of a trial that trains for longer is stopped and charged; the next goes on from its last step. Absent: no limit.');

export const scheduleSchema = z
  .enum(['deterministic', 'asynchronous'])
  .describe(
    'When a search that learns from results makes its next suggestion. deterministic (the default): trial n sees exactly the results of trials 0 to n - parallelism, so that one seed gives one search, however fast and however many runners. asynchronous: whenever a place is free, with all results so far; what it saw is stored, so that it can be replayed.',
  );

/** A study as a client writes it: search space, objective, sampler, budget. */
export const studySpecSchema = z
  .strictObject({
    name: nameSchema,
    searchSpace: searchSpaceSchema,
    metrics: z.array(metricSchema).min(1, oneMetric).max(1, oneMetric).describe(metricsText),
    sampler: samplerOptionsSchema,
    budget: budgetSchema.default({}),
    parallelism: parallelismSchema.optional(),
    seed: seedSchema.optional().describe('Seed of the search. Absent: drawn at random and shown.'),
    objectiveSeed: seedSchema.optional().describe('Seed of the trainings. Absent: the seed of the search.'),
    retries: retriesSchema.prefault({}),
    timeoutSeconds: timeoutSchema.optional(),
    schedule: scheduleSchema.optional(),
    objective: objectiveSchema,
    labels: labelsSchema.default({}),
  })
  .meta({ id: 'StudySpec', description: 'What may vary, what is measured, how to search, when to stop.' });

const resolvedRetriesSchema = z
  .strictObject({ maxAttempts: retriesSchema.shape.maxAttempts.unwrap(), on: retriesSchema.shape.on.unwrap() })
  .meta({ id: 'ResolvedRetries', description: 'Retries with every default filled in.' });

/**
 * A study's complete definition: the requested values and every filled-in default. It is version 2 of the stored form, and has no
 * defaults of its own.
 */
export const resolvedSpecSchema = studySpecSchema
  .extend({
    metrics: z.array(resolvedMetricSchema).min(1, oneMetric).max(1, oneMetric).describe(metricsText),
    budget: budgetSchema,
    parallelism: z.int().min(1),
    seed: seedSchema,
    objectiveSeed: seedSchema,
    retries: resolvedRetriesSchema,
    schedule: scheduleSchema,
    labels: labelsSchema,
    lineage: lineageSchema.optional(),
    evaluate: z
      .boolean()
      .describe('Each trial is also measured on held-out data after its last step: a part of a campaign that ranks nothing.'),
  })
  .meta({ id: 'ResolvedStudySpec', description: 'A study definition with every default filled in.' });

export type StudySpec = z.output<typeof studySpecSchema>;
export type ResolvedSpec = z.output<typeof resolvedSpecSchema>;

/** The metric that ranks the trials of a study. */
export function metricOf({ metrics: [metric] }: Pick<ResolvedSpec, 'metrics'>): Metric {
  invariant(metric, 'a study has a metric');
  return metric;
}

/**
 * The sampler of a study, bound to its space and direction.
 *
 * @param version the version that the study began with; see `samplerFor`
 */
export function samplerOf(spec: ResolvedSpec, version?: number): BoundSampler {
  return samplerFor({ space: spec.searchSpace, direction: metricOf(spec).direction }, spec.sampler, version);
}

/**
 * Fills in every default.
 *
 * @param drawnSeed the seed of a study that names none
 * @throws DomainError `invalid-study` naming every fault
 */
export function resolveSpec(spec: StudySpec, drawnSeed: number): ResolvedSpec {
  const objective = objectiveFor(spec.objective);
  const metrics = spec.metrics.map(({ name, direction }) => ({
    name,
    direction: direction ?? naturalDirection(objective, name) ?? 'maximize',
  }));
  const sampler = samplerFor({ space: spec.searchSpace, direction: metricOf({ metrics }).direction }, spec.sampler);
  const violations = [
    ...metricViolations(spec, objective),
    ...samplerViolations(sampler),
    ...budgetViolations(spec, sampler),
    ...parallelismViolations(spec, sampler),
    ...scheduleViolations(spec, sampler),
    ...objective.check(spec.searchSpace),
  ];
  if (violations.length > 0)
    throw new DomainError(
      'invalid-study',
      `the study definition has ${violations.length === 1 ? 'a fault' : `${violations.length} faults`}`,
      {
        violations,
      },
    );
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

/** The better direction of one of an objective's metrics; null if it has no metric of that name. */
export function naturalDirection(objective: BoundObjective, name: string): Direction | null {
  return objective.values().find((value) => value.name === name)?.direction ?? null;
}

function metricViolations({ metrics }: StudySpec, objective: BoundObjective): Violation[] {
  const known = objective.values().filter(({ direction }) => direction !== null);
  return metrics.flatMap(({ name }, index) => {
    if (known.some((metric) => metric.name === name)) return [];
    const names = known.map((metric) => metric.name).join(', ');
    return [{ pointer: `/metrics/${index}/name`, detail: `the objective ${objective.name} has no metric ${name}; it has ${names}` }];
  });
}

function samplerViolations(sampler: BoundSampler): Violation[] {
  return sampler.check().map(({ pointer, detail }) => ({ pointer: `/sampler${pointer}`, detail }));
}

function parallelismViolations({ parallelism, sampler: { type } }: StudySpec, sampler: BoundSampler): Violation[] {
  if (sampler.learns !== 'history' || parallelism === undefined || parallelism <= widestWindow) return [];
  const detail = `must be at most ${widestWindow} for the ${type} sampler, which learns from results: a trial knows nothing of those that are open beside it`;
  return [{ pointer: '/parallelism', detail }];
}

function scheduleViolations({ schedule, sampler: { type } }: StudySpec, sampler: BoundSampler): Violation[] {
  if (schedule !== 'asynchronous' || sampler.learns !== 'generations') return [];
  const detail = `must be deterministic for the ${type} sampler: it breeds a generation from the whole one before, so there is nothing to suggest until that is done`;
  return [{ pointer: '/schedule', detail }];
}

function budgetViolations({ budget, sampler: { type } }: StudySpec, sampler: BoundSampler): Violation[] {
  const violations: Violation[] = [];
  const generational = sampler.learns === 'generations';
  if (budget.generations !== undefined && !generational)
    violations.push({ pointer: '/budget/generations', detail: `the ${type} sampler has no generations; give a number of trials` });
  const bounded =
    budget.trials !== undefined ||
    budget.generations !== undefined ||
    budget.wallClockSeconds !== undefined ||
    sampler.size(budget) !== null;
  if (!bounded)
    violations.push({ pointer: '/budget', detail: `name when to stop: trials${generational ? ', generations' : ''} or wallClockSeconds` });
  return violations;
}
