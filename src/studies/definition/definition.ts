import { z } from 'zod';
import { retriedKinds } from '../../objectives/contract.ts';
import { lstmObjectiveSchema, metricDirections, objectiveFaults } from '../../objectives/text-classifier/objective.ts';
import { type BoundSampler, samplerFor, samplerOptionsSchema } from '../../samplers/table.ts';
import { DomainError, type Fault } from '../../shared/errors.ts';
import { searchSpaceSchema } from '../../space/schema.ts';

export const metricSchema = z
  .strictObject({
    name: z.enum(['accuracy', 'aucPr', 'loss']).describe('Measured on the validation split after the last step.'),
    direction: z
      .enum(['maximize', 'minimize'])
      .optional()
      .describe('Which values are better. Absent: the natural one, minimize for loss and maximize for the others.'),
  })
  .meta({ id: 'Metric' });

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

export const seedSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/**
 * Trials that a sampler which looks back may have open: wider, it searches blindly, and the suggestions of one advance,
 * each of which looks at the whole history, hold the study for seconds.
 */
const widestWindow = 100;

/** What studies and campaigns are called. */
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
  .enum(['strict', 'asap'])
  .describe(
    'When a search that looks back makes its next suggestion. strict (the default): trial n sees exactly the results of trials 0 to n - parallelism, so that one seed gives one search, however fast and however many runners. asap: whenever a place is free, with all results so far; what it saw is stored, so that it can be replayed.',
  );

export const objectiveSchema = z.discriminatedUnion('type', [lstmObjectiveSchema]).meta({ id: 'Objective' });

/** A study as a client writes it: what may vary, what is measured, how to search, when to stop. */
export const studySpecSchema = z
  .strictObject({
    name: nameSchema,
    searchSpace: searchSpaceSchema,
    metric: metricSchema,
    sampler: samplerOptionsSchema,
    budget: budgetSchema.default({}),
    parallelism: parallelismSchema.optional(),
    seed: seedSchema.optional().describe('Seed of the search. Absent: drawn at random and shown.'),
    objectiveSeed: seedSchema.optional().describe('Seed of the trainings. Absent: the seed of the search.'),
    retries: retriesSchema.prefault({}),
    timeoutSeconds: timeoutSchema.optional(),
    schedule: scheduleSchema.optional(),
    objective: objectiveSchema,
  })
  .meta({ id: 'StudySpec', description: 'What may vary, what is measured, how to search, when to stop.' });

/** A study's definition with nothing left open: what was asked for and every default that was filled in. */
export const resolvedSpecSchema = studySpecSchema
  .extend({
    metric: metricSchema.required(),
    parallelism: z.int().min(1),
    seed: seedSchema,
    objectiveSeed: seedSchema,
    lineage: z
      .array(z.strictObject({ trials: z.int().min(1), seed: seedSchema }))
      .min(1)
      .refine((forks) => forks.every(({ trials }, index) => trials > (forks[index - 1]?.trials ?? 0)), {
        error: 'each fork keeps more trials than the one before',
      })
      .optional()
      .describe('Of a fork: its trials below `trials` were suggested with this seed, in order; the others with `seed`.'),
    evaluateOnTest: z
      .literal(true)
      .optional()
      .describe('Each trial is measured on the test split after its last step: a part of a campaign that ranks nothing.'),
  })
  .meta({ id: 'ResolvedStudySpec', description: 'A study definition with every default filled in.' });

export type StudySpec = z.output<typeof studySpecSchema>;
export type ResolvedSpec = z.output<typeof resolvedSpecSchema>;

/** The sampler of a study, bound to its space and direction. */
export function samplerOf(spec: ResolvedSpec): BoundSampler {
  return samplerFor({ space: spec.searchSpace, direction: spec.metric.direction }, spec.sampler);
}

/**
 * Fills in every default.
 *
 * @param drawnSeed the seed of a study that names none
 * @throws DomainError `invalid-study` naming every fault
 */
export function resolveSpec(spec: StudySpec, drawnSeed: number): ResolvedSpec {
  const direction = spec.metric.direction ?? metricDirections[spec.metric.name];
  const sampler = samplerFor({ space: spec.searchSpace, direction }, spec.sampler);
  const faults = [
    ...samplerFaults(sampler),
    ...budgetFaults(spec, sampler),
    ...parallelismFaults(spec, sampler),
    ...scheduleFaults(spec, sampler),
    ...objectiveFaults(spec.objective, spec.searchSpace),
  ];
  if (faults.length > 0)
    throw new DomainError('invalid-study', `the study definition has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`, {
      faults,
    });
  const seed = spec.seed ?? drawnSeed;
  return {
    ...spec,
    metric: { name: spec.metric.name, direction },
    parallelism: spec.parallelism ?? sampler.defaultParallelism(),
    seed,
    objectiveSeed: spec.objectiveSeed ?? seed,
  };
}

/** The seed that a trial is suggested with: a fork keeps the one that its first trials had. */
export function seedOf({ seed, lineage }: Pick<ResolvedSpec, 'seed' | 'lineage'>, number: number): number {
  return lineage?.find(({ trials }) => number < trials)?.seed ?? seed;
}

/** The first trial beyond `number` that may be suggested with another seed than that one; infinite where there is none. */
export function sameSeedUntil({ lineage }: Pick<ResolvedSpec, 'lineage'>, number: number): number {
  return lineage?.find(({ trials }) => number < trials)?.trials ?? Number.POSITIVE_INFINITY;
}

function samplerFaults(sampler: BoundSampler): Fault[] {
  return sampler.check().map(({ pointer, detail }) => ({ pointer: `/sampler${pointer}`, detail }));
}

function parallelismFaults({ parallelism, sampler: { type } }: StudySpec, sampler: BoundSampler): Fault[] {
  if (sampler.sees !== 'window' || parallelism === undefined || parallelism <= widestWindow) return [];
  const detail = `must be at most ${widestWindow} for the ${type} sampler, which learns from results: a trial knows nothing of those that are open beside it`;
  return [{ pointer: '/parallelism', detail }];
}

function scheduleFaults({ schedule, sampler: { type } }: StudySpec, sampler: BoundSampler): Fault[] {
  if (schedule !== 'asap' || sampler.sees !== 'generations') return [];
  const detail = `must be strict for the ${type} sampler: it breeds a generation from the whole one before, so there is nothing to suggest until that is done`;
  return [{ pointer: '/schedule', detail }];
}

function budgetFaults({ budget, sampler: { type } }: StudySpec, sampler: BoundSampler): Fault[] {
  const faults: Fault[] = [];
  const generational = sampler.sees === 'generations';
  if (budget.generations !== undefined && !generational)
    faults.push({ pointer: '/budget/generations', detail: `the ${type} sampler has no generations; give a number of trials` });
  const bounded =
    budget.trials !== undefined ||
    budget.generations !== undefined ||
    budget.wallClockSeconds !== undefined ||
    type === 'grid' ||
    type === 'list';
  if (!bounded)
    faults.push({ pointer: '/budget', detail: `name when to stop: trials${generational ? ', generations' : ''} or wallClockSeconds` });
  return faults;
}
