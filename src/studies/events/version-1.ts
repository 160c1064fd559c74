import { z } from 'zod';
import { digestOf } from '../../shared/digest.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import { trialErrorCodes } from '../model/failure.ts';
import { trialStateSchema } from '../model/states.ts';
import { outcomeSchema } from '../model/study.ts';
import { originSchema, seenTrialsSchema } from '../model/trial.ts';
import type { StoredResult } from './stored-result.ts';

// Events as version 0.1.0 wrote them. They are read as far as a verification looks at them by name; the rest is compared as it is.

const queuedSchema = z.looseObject({
  number: z.int().min(0),
  generation: z.int().min(0).nullable(),
  parameters: z.record(z.string(), parameterValueSchema),
  origin: originSchema,
  seen: seenTrialsSchema.optional(),
});

const resultSchema = z.looseObject({
  number: z.int().min(0),
  state: trialStateSchema,
  value: z.number().nullable(),
  error: z.enum(trialErrorCodes).nullable(),
});
export type ResultV1 = z.output<typeof resultSchema>;

const creationSchema = z.looseObject({ spec: z.string(), samplerVersion: z.int(), trainerVersion: z.int() });

/** An event of a study in version 1. */
export const eventV1Schema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['study-created', 'study-imported']), data: creationSchema }),
  z.object({ type: z.literal('trials-queued'), data: z.looseObject({ trials: z.array(queuedSchema) }) }),
  z.object({ type: z.literal('trials-folded'), data: z.looseObject({ trials: z.array(resultSchema) }) }),
  z.object({
    type: z.literal('checkpoint-written'),
    data: z.looseObject({
      sequence: z.int().min(0),
      generation: z.int().min(0).nullable(),
      trials: z.int().min(0),
      digest: z.string(),
    }),
  }),
  z.object({ type: z.enum(['study-paused', 'study-resumed']), data: z.looseObject({}) }),
  z.object({
    type: z.literal('study-ended'),
    data: z.looseObject({ state: z.enum(['completed', 'failed', 'cancelled']), outcome: outcomeSchema, trials: z.array(resultSchema) }),
  }),
]);

/** The current names of facts that version 1 named otherwise. */
export const namesSinceV1: Readonly<Record<string, string>> = { metrics: 'values', epochs: 'steps', reports: 'measurements' };

const reuseV1 = { equal: 'memo', longer: 'prefix' } as const;

/** The result of a trial in the words of version 1, which are hashed in older logs. */
export function resultV1Of(result: StoredResult): Readonly<Record<string, unknown>> {
  const { number, state, value, values: metrics, diverged, error, source, reuse, measurements, evaluation, incidents } = result;
  return {
    number,
    state,
    value,
    metrics,
    diverged,
    error,
    source: source === 'reused' && reuse ? reuseV1[reuse] : source,
    epochs: measurements.length,
    reports: measurements.length === 0 ? null : digestOf(measurements.map(({ step, values }) => ({ epoch: step, metrics: values }))),
    evaluation: evaluation === null ? null : digestOf(evaluation),
    incidents: incidents.map(({ kind, step }) => ({ kind, epoch: step })),
  };
}
