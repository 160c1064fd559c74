import { z } from 'zod';
import { type Direction, retriedKinds } from '../../objectives/contract.ts';
import { type BoundObjective, objectiveFor, objectiveSchema } from '../../objectives/table.ts';
import { prunerOptionsSchema } from '../../pruners/table.ts';
import { autoOptionsSchema } from '../../samplers/auto/options.ts';
import type { BoundSampler } from '../../samplers/bound-sampler.ts';
import { mostMetrics, type Problem } from '../../samplers/contract.ts';
import { type SamplerOptions, samplerFor, samplerOptionsSchema } from '../../samplers/table.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import { invariant } from '../../shared/errors.ts';
import { type SearchSpace, searchSpaceSchema } from '../../space/schema.ts';
import { constraintsSchema } from './constraints.ts';
import { givenTrialsSchema, resolvedGivenTrialsSchema } from './given-trials.ts';
import { lineageSchema, seedSchema } from './lineage.ts';
import { rankingSchema } from './ranking.ts';
import { resolvedWarmStartSchema, warmStartSchema } from './warm-start.ts';

const directionMeanings = { maximize: 'a higher value is better.', minimize: 'a lower value is better.' } as const;

/** The better direction of a metric. */
export const directionSchema = describedEnum(['maximize', 'minimize'], directionMeanings);

export const metricSchema = z
  .strictObject({
    name: z.string().min(1).max(100).describe('One of the metrics of the objective. Its value at the last step counts.'),
    direction: directionSchema
      .optional()
      .describe('The better direction. Default: the natural direction of the metric, such as minimize for a loss.'),
  })
  .meta({ id: 'Metric', description: 'A metric to optimise.' });

export const resolvedMetricSchema = metricSchema.required().meta({ id: 'ResolvedMetric', description: 'A metric with its direction.' });
export type Metric = z.output<typeof resolvedMetricSchema>;

const metricsText =
  'Values to optimise, one to four. With several no trial is best: the results have a Pareto front (GET /v1/studies/{studyId}/front).';
const someMetrics = { error: `must have 1 to ${mostMetrics} metrics` };
const metricsOf = <Schema extends z.ZodType<{ readonly name: string }>>(schema: Schema) =>
  z
    .array(schema)
    .min(1, someMetrics)
    .max(mostMetrics, someMetrics)
    .refine((metrics) => new Set(metrics.map(({ name }) => name)).size === metrics.length, { error: 'must name each metric once' })
    .describe(metricsText);

export const labelNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'a label name has 1 to 63 letters, digits, dots, dashes and underscores');

/** Labels that a client attaches to its studies. */
export const labelsSchema = z
  .record(labelNameSchema, z.string().max(200))
  .refine((labels) => Object.keys(labels).length <= 50, { error: 'must have at most 50 labels' })
  .describe('Your own labels: names and texts.');

export const budgetSchema = z
  .strictObject({
    trials: z.int().min(1).max(1_000_000).optional().describe('Number of charged trials.'),
    generations: z.int().min(1).max(100_000).optional().describe('Number of generations, the first included; for generational samplers.'),
    wallClockSeconds: z
      .number()
      .positive()
      .max(31_536_000)
      .optional()
      .describe(
        'Time for which the study is active and the service is up. The study stops at a recorded trial, so it can be replayed, but not repeated to the byte.',
      ),
    targetValue: z
      .number()
      .optional()
      .describe('Stop at the first trial (in number order) that reaches this value of the metric. Only for studies with one metric.'),
  })
  .meta({ id: 'Budget', description: 'The limits of the search. The first one that is reached ends it.' });

const retriedKindSchema = describedEnum(retriedKinds, {
  crash: 'the trainer died or exceeded its memory.',
  error: 'the evaluation ended with an error.',
  timeout: 'the trainer stalled, or took longer than timeoutSeconds.',
});

export const retriesSchema = z
  .strictObject({
    maxAttempts: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe('Largest number of charged attempts of a trial. Work that is lost with a crashed runner is not charged.'),
    on: z
      .array(retriedKindSchema)
      .max(retriedKinds.length)
      .refine((kinds) => new Set(kinds).size === kinds.length, { error: 'must list each kind only once' })
      .default([...retriedKinds])
      .describe('Kinds of failure that are retried. Any other failure fails the trial at once.'),
  })
  .meta({ id: 'Retries', description: 'The failures after which a trial is attempted again, and how often.' });

/** Text without control characters, in terms that the regular expressions of all languages know. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that it refuses
export const withoutControlCharacters = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/** Names of studies and campaigns. */
export const nameSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(withoutControlCharacters, 'a name must not contain control characters')
  .refine((name) => !/\p{Cs}/u.test(name), { error: 'a name must not contain half a character' })
  .describe('For display; it need not be unique.');

/** Most trials that a search may have open, enqueued ones aside. */
export const mostParallelism = 1000;

export const parallelismSchema = z
  .int()
  .min(1)
  .max(mostParallelism)
  .describe(
    'Limit on open trials. Default: 16; 4 for gp and tpe, which allow at most 100 (their default for workers of a client); a whole population for generational samplers.',
  );

export const prioritySchema = z
  .int()
  .min(-1000)
  .max(1000)
  .describe('Trials of studies of a higher priority are evaluated first; of equal priority, enqueued ones, then the oldest. Default: 0.');

export const timeoutSchema = z
  .number()
  .positive()
  .max(31_536_000)
  .describe('An attempt that takes longer is stopped and charged; the next one continues from its last step. Default: no limit.');

export const scheduleSchema = describedEnum(
  ['deterministic', 'asynchronous'],
  {
    deterministic:
      'the default: trial n sees exactly the results of trials 0 to n - parallelism, so one seed gives one search with any number of runners, at any speed.',
    asynchronous:
      'trials start as soon as a place is free and see all results so far; those results are stored, so the search can be replayed.',
  },
  'Selects the results that a suggestion uses, for searches that learn from results.',
);

/** A sampler as a client names it. */
export const samplerChoiceSchema = z
  .discriminatedUnion('type', [autoOptionsSchema, samplerOptionsSchema])
  .meta({ id: 'SamplerChoice', description: 'A sampler and its options, or `auto`.' });

const noPrunerSchema = z.strictObject({ type: z.literal('none') }).meta({ id: 'NoPruner', description: 'No trial is stopped early.' });

/** A pruner as a client names it. */
export const prunerChoiceSchema = z
  .discriminatedUnion('type', [noPrunerSchema, prunerOptionsSchema])
  .describe(
    'Stops trials early that are not promising, by the metric at the steps that they report. Default: none. Under the deterministic schedule a trial is compared only with those whose results its suggestion could see.',
  );

export const samplerReasonSchema = z
  .string()
  .max(500)
  .describe('The rule by which `auto` chose the sampler. Shown, and accepted so that a definition can be sent as it is shown.');

/** A study as a client writes it: search space, objective, sampler, budget. */
export const studySpecSchema = z
  .strictObject({
    name: nameSchema,
    searchSpace: searchSpaceSchema,
    metrics: metricsOf(metricSchema),
    sampler: samplerChoiceSchema.default({ type: 'auto' }),
    pruner: prunerChoiceSchema.optional(),
    samplerReason: samplerReasonSchema.optional(),
    budget: budgetSchema.default({}),
    parallelism: parallelismSchema.optional(),
    seed: seedSchema.optional().describe('Seed of the search. Default: drawn at random and shown.'),
    objectiveSeed: seedSchema.optional().describe('Seed of the evaluations. Default: the seed of the search.'),
    retries: retriesSchema.prefault({}),
    timeoutSeconds: timeoutSchema.optional(),
    schedule: scheduleSchema.optional(),
    ranking: rankingSchema.optional(),
    constraints: constraintsSchema.optional(),
    objective: objectiveSchema,
    labels: labelsSchema.default({}),
    givenTrials: givenTrialsSchema.optional(),
    warmStart: warmStartSchema.optional(),
  })
  .meta({ id: 'StudySpec', description: 'The search space, the objective and its metric, the sampler and the budget.' });

const resolvedRetriesSchema = z
  .strictObject({
    maxAttempts: retriesSchema.shape.maxAttempts.unwrap().describe('Largest number of charged attempts of a trial.'),
    on: retriesSchema.shape.on.unwrap().describe('Kinds of failure that are retried.'),
  })
  .meta({ id: 'ResolvedRetries', description: 'Retries with all defaults filled in.' });

/**
 * A study's complete definition: the requested values and every filled-in default. It is version 2 of the stored form, and has no
 * defaults of its own.
 */
export const resolvedSpecSchema = studySpecSchema
  .extend({
    metrics: metricsOf(resolvedMetricSchema),
    sampler: samplerOptionsSchema,
    pruner: prunerOptionsSchema.optional(),
    budget: budgetSchema,
    parallelism: z.int().min(1).describe('Limit on open trials.'),
    seed: seedSchema,
    objectiveSeed: seedSchema,
    retries: resolvedRetriesSchema,
    schedule: scheduleSchema,
    labels: labelsSchema,
    givenTrials: resolvedGivenTrialsSchema.optional(),
    warmStart: resolvedWarmStartSchema.optional(),
    lineage: lineageSchema.optional(),
    evaluate: z
      .boolean()
      .describe('true if each trial is also measured on held-out data after its last step: for parts of a campaign that only evaluate.'),
  })
  .meta({ id: 'ResolvedStudySpec', description: 'A study definition with all defaults filled in.' });

export type StudySpec = z.output<typeof studySpecSchema>;
/** The same, with a sampler. */
export type ChosenSpec = Omit<StudySpec, 'sampler'> & { readonly sampler: SamplerOptions };
export type ResolvedSpec = z.output<typeof resolvedSpecSchema>;

/** The metric of a study; of several the first. */
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
  return samplerFor(problemOf(spec), spec.sampler, version);
}

/** The search problem of a study. */
export function problemOf({
  searchSpace: space,
  metrics,
  objective,
}: Pick<ResolvedSpec, 'searchSpace' | 'metrics' | 'objective'>): Problem {
  const directions = metrics.map(({ direction }) => direction);
  return {
    space,
    direction: metricOf({ metrics }).direction,
    ...(directions.length > 1 && { directions }),
    ...knownToObjective(objectiveFor(objective), space),
  };
}

/** The parameter of a space by which the objective says how much an evaluation may spend, and those that may change on the way, if it knows. */
export function knownToObjective(objective: BoundObjective, space: SearchSpace): Pick<Problem, 'fidelity' | 'changeable'> {
  const { changeable } = objective;
  const name = objective.fidelity(space)?.parameter;
  const isSearched = name !== undefined && space.some((parameter) => parameter.name === name);
  return { ...(isSearched && { fidelity: name }), ...(changeable && { changeable }) };
}

/** True for a study without a best trial: its results have a front. */
export function hasSeveralMetrics({ metrics }: { readonly metrics: readonly unknown[] }): boolean {
  return metrics.length > 1;
}

/** The better direction of one of an objective's metrics; null if it has no metric of that name. */
export function naturalDirection(objective: BoundObjective, name: string): Direction | null {
  return objective.values().find((value) => value.name === name)?.direction ?? null;
}
