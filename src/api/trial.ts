import { z } from 'zod';
import { valuesSchema } from '../objectives/contract.ts';
import { continuedBy, earlierValuesOf } from '../samplers/origin.ts';
import type { Json } from '../shared/digest.ts';
import { earlierValuesSchema } from '../space/earlier-values.ts';
import { parameterValueSchema } from '../space/schema.ts';
import { unknownViolation } from '../studies/definition/constraints.ts';
import type { ResolvedSpec } from '../studies/definition/definition.ts';
import { trialErrorCodes } from '../studies/model/failure.ts';
import { trialStateSchema } from '../studies/model/states.ts';
import type { Measurement, Trial, TrialIncident } from '../studies/model/trial.ts';
import {
  givenKindSchema,
  incidentSchema,
  measurementSchema,
  reuseKindSchema,
  seenTrialsSchema,
  trialSourceSchema,
} from '../studies/model/trial.ts';
import type { RankedTrial } from '../studies/ports/fronts.ts';
import type { WorkerNotes } from '../studies/ports/workers.ts';
import type { Judgement } from '../studies/pruning/judgement.ts';
import { workerNotesSchema } from './ask.ts';
import { evaluationSchema, representEvaluation } from './evaluation.ts';
import { representJudgements, shownJudgementSchema } from './judgement.ts';
import { moment, pageOf } from './page.ts';

const errorSchema = z
  .strictObject({
    code: z.string().describe(`One of ${trialErrorCodes.join(', ')}; a newer release may store others.`),
    detail: z.string().describe('Description of the failure.'),
  })
  .meta({ id: 'TrialError', description: 'The reason for which the last attempt of a trial failed.' });

/** The distance of a trial from the limits of its study. */
export const violationField = z
  .number()
  .min(0)
  .nullable()
  .optional()
  .describe(
    'Distance from the limits of the study or campaign (`constraints`): the sum over them of the distance of the value to its limit, as a share of the limit (as it is where the limit is 0). 0: all are kept. null: a limited value is not finite. Absent without constraints, and before a result.',
  );

/** The distance of the part `test` of a campaign from its limits, for one finalist. */
export const testViolationField = violationField.describe(
  'Distance of the trial in the part `test` from the limits of the campaign (`constraints`), which decides nothing: as `violation` of that trial. Absent without constraints, before its result, and in the report of a study.',
);

const fields = {
  id: z.uuid().describe('Id of the trial.'),
  studyId: z.uuid().describe('Id of its study.'),
  number: z.int().min(0).describe('From 0, in the order in which trials were suggested and given.'),
  given: givenKindSchema.nullable().describe('How a client gave it; null if the sampler suggested it.'),
  generation: z.int().min(0).nullable().describe('null for given trials, and if the sampler has no generations.'),
  state: trialStateSchema,
  parameters: z.record(z.string(), parameterValueSchema).describe('Values by parameter name.'),
  origin: z.record(z.string(), z.unknown()).describe('Origin of the suggestion, in the terms of the sampler: parents, cut, flipped bits …'),
  continues: z.int().min(0).optional().describe('Number of the trial that it continues with more steps. Absent: it began anew.'),
  earlierValues: earlierValuesSchema
    .optional()
    .describe(
      'Values with which the first steps were taken, by the last step of each, where they differ from `parameters`; the steps after the last entry were taken with `parameters`. To train the trial again, change the values after the same steps: `parameters` alone gives another result. Absent: all steps were taken with `parameters`.',
    ),
  value: z
    .number()
    .nullable()
    .describe(
      "Value of the study's metric, of several the first (`values` has all); null until it is known, if it is not finite (of several, if one is not), and for failed trials.",
    ),
  values: valuesSchema.nullable().describe('All values measured at the last step, by name; null before that.'),
  diverged: z.boolean().describe('true if the evaluation stopped because the loss was not finite.'),
  violation: violationField,
  prunedAt: z
    .int()
    .min(1)
    .optional()
    .describe('Step after which the pruner stopped it; `value` and `values` are those of this step. Absent: it was not stopped.'),
  pruneReason: z
    .string()
    .optional()
    .describe(
      'The decision of the pruner that stopped it, in words; `judgements` of the trial has all of them. Absent: it was not stopped.',
    ),
  stepsDone: z.int().min(0).describe('Completed steps of its result so far, evaluated or reused. These are charged.'),
  stepsTrained: z
    .int()
    .min(0)
    .describe('Steps that were evaluated for it. A step that was evaluated again after a crash counts each time.'),
  attempts: z.int().min(0).describe('Number of times that a runner claimed it.'),
  failures: z.int().min(0).describe('Number of attempts that failed and were charged.'),
  source: trialSourceSchema.nullable().describe('null: no step was evaluated for it, and it has no result.'),
  reuse: reuseKindSchema.nullable().describe('For a reused result: the evaluation that it was read from; otherwise null.'),
  seen: seenTrialsSchema
    .nullable()
    .describe('The results that its suggestion used, under the asynchronous schedule; null under the deterministic one.'),
  error: errorSchema.nullable().describe('The failure of its last attempt; null if that did not fail.'),
  queuedAt: moment('Time at which it was suggested or given.'),
  startedAt: moment('Time of its first claim by a runner.').nullable(),
  endedAt: moment('Time at which it ended.').nullable(),
};

/** A trial in lists. */
export const trialSchema = z.strictObject(fields).meta({ id: 'Trial', description: 'One evaluation of one configuration.' });

/** A completed trial with its rank. */
export const rankedTrialSchema = z
  .strictObject({
    rank: z.int().min(1).describe('Position in the leaderboard, from 1.'),
    ...fields,
    front: z
      .int()
      .min(1)
      .nullable()
      .optional()
      .describe(
        'Number of its front, from 1, the Pareto front; null if it is beyond a limit of the study or lacks a value. Only with several metrics.',
      ),
    crowding: z
      .number()
      .min(0)
      .nullable()
      .optional()
      .describe(
        'Crowding distance to its neighbours on the front: more is less crowded. null at the ends of the front, which rank first, and where `front` is null. Only with several metrics.',
      ),
  })
  .meta({ id: 'RankedTrial', description: 'A trial and its rank, 1 being the best.' });

const storedMeasurementSchema = measurementSchema
  .extend({ recordedAt: moment('Time at which it was stored.') })
  .meta({ id: 'Measurement', description: 'The values measured at a step.' });

/** A trial with its measurements at each step. */
export const trialDetailSchema = z
  .strictObject({
    ...fields,
    measurements: z.array(storedMeasurementSchema).describe('One for each step, in order.'),
    judgements: z
      .array(shownJudgementSchema)
      .nullable()
      .describe('The decisions of the pruner about it, by step; null if the study has none.'),
    incidents: z.array(incidentSchema).describe('Checkpoints that could not be written or read, and late results.'),
    evaluation: evaluationSchema.nullable().describe('The evaluation on held-out data; null if there is none.'),
    worker: workerNotesSchema
      .nullable()
      .describe('null if no worker of a client has asked for it, and none gave its result with words of its own.'),
  })
  .meta({ id: 'TrialDetail', description: 'A trial with its measurements at each step and its evaluation on held-out data.' });

export const trialPageSchema = pageOf('TrialPage', trialSchema);
export const leaderboardSchema = z.strictObject({ items: z.array(rankedTrialSchema).describe('The trials, best first.') }).meta({
  id: 'Leaderboard',
  description:
    'The best completed trials, best first: by value, or with several metrics by front (non-domination rank), then the least crowded first. Ties go to the lower number. Trials whose value is not finite come after them, and so do those whose evaluation diverged, unless the study ranks by value; trials beyond a limit of the study come last, by `violation`. With several metrics, trials whose metrics are not all finite come after those beyond a limit.',
});

export type TrialRepresentation = z.output<typeof trialSchema>;
export type RankedTrialRepresentation = z.output<typeof rankedTrialSchema>;
export type TrialDetailRepresentation = z.output<typeof trialDetailSchema>;

/** Builds the representation of a trial. @param pruneReason of one that was stopped early */
export function representTrial(
  { index: _index, metricValues: _values, violation, ...trial }: Trial,
  pruneReason?: string,
): TrialRepresentation {
  const continues = continuedBy(trial.origin);
  const earlierValues = earlierValuesOf(trial.origin);
  return {
    ...trial,
    ...(continues !== null && { continues }),
    ...(earlierValues.length > 0 && { earlierValues }),
    ...(pruneReason !== undefined && { pruneReason }),
    ...representViolation({ violation }),
    source: sourceOf(trial),
    error: trial.error && { code: trial.error.code, detail: trial.error.message },
    queuedAt: trial.queuedAt.toISOString(),
    startedAt: trial.startedAt?.toISOString() ?? null,
    endedAt: trial.endedAt?.toISOString() ?? null,
  };
}

/** Returns a violation as it is shown: null if a limited value is not finite. */
export function shownViolation(violation: number): number | null {
  return violation === unknownViolation ? null : violation;
}

/** Builds the violation of a trial; nothing if it has none. */
export function representViolation({ violation }: { readonly violation?: number | undefined }): { violation?: number | null } {
  return violation === undefined ? {} : { violation: shownViolation(violation) };
}

/** Represents the violation of the part `test` of a finalist, as `representViolation` does. */
export function representTestViolation({ testViolation }: { readonly testViolation?: number | undefined }): {
  testViolation?: number | null;
} {
  return testViolation === undefined ? {} : { testViolation: shownViolation(testViolation) };
}

/** Source of a trial's result; null while no step was evaluated for it. Trials are stored as `trained` until they complete. */
export function sourceOf({ source, state, stepsTrained }: Pick<Trial, 'source' | 'state' | 'stepsTrained'>): TrialRepresentation['source'] {
  return source === 'trained' && state !== 'completed' && stepsTrained === 0 ? null : source;
}

/** Builds the leaderboard from ranked trials. */
export function representLeaderboard(trials: readonly RankedTrial[]): z.output<typeof leaderboardSchema> {
  return {
    items: trials.map(({ front, crowding, ...trial }, index) => ({
      rank: index + 1,
      ...representTrial(trial),
      ...(front !== undefined && { front }),
      ...(crowding !== undefined && { crowding }),
    })),
  };
}

/** Builds the representation of a trial with its measurements, and its evaluation if there is one. */
export function representTrialDetail(
  trial: Trial,
  measurements: readonly Measurement[],
  {
    spec,
    evaluation,
    worker,
    judgements,
  }: {
    readonly spec: ResolvedSpec;
    readonly evaluation: Json | null;
    readonly worker: WorkerNotes | null;
    readonly judgements: readonly Judgement[];
  },
  incidents: readonly TrialIncident[],
): TrialDetailRepresentation {
  const shown = measurements.map(({ step, values, recordedAt }) => ({ step, values, recordedAt: recordedAt.toISOString() }));
  const decisions = representJudgements(spec, judgements);
  return {
    ...representTrial(trial, trial.prunedAt === undefined ? undefined : decisions?.at(-1)?.reason),
    measurements: shown,
    judgements: decisions,
    incidents: incidents.map(({ kind, step, detail }) => ({ kind, step, detail })),
    evaluation: representEvaluation(spec.objective, evaluation),
    worker: worker && workerNotesSchema.parse(worker),
  };
}
