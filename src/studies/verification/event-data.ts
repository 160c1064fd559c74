import { z } from 'zod';
import { parameterValueSchema } from '../../space/schema.ts';
import { trialErrorCodes } from '../model/failure.ts';
import { studyStateSchema, trialStateSchema } from '../model/states.ts';
import { outcomeReasons } from '../model/study.ts';

// What events say, as far as a verification looks at it by name; all the rest is compared as it is.

const queuedSchema = z.looseObject({
  number: z.int().min(0),
  generation: z.int().min(0).nullable(),
  parameters: z.record(z.string(), parameterValueSchema),
  origin: z.record(z.string(), z.json()),
  seen: z.strictObject({ before: z.int(), except: z.array(z.int()) }).optional(),
});
/** A trial as an event says that it was queued. */
export type LoggedSuggestion = z.output<typeof queuedSchema>;

const resultSchema = z.looseObject({
  number: z.int().min(0),
  state: trialStateSchema,
  value: z.number().nullable(),
  error: z.enum(trialErrorCodes).nullable(),
});
/** What a trial came to, as an event says it. */
export type LoggedResult = z.output<typeof resultSchema>;

const creationSchema = z.looseObject({ spec: z.string(), samplerVersion: z.int(), trainerVersion: z.int() });
const checkpointSchema = z.looseObject({
  sequence: z.int().min(0),
  generation: z.int().min(0).nullable(),
  trials: z.int().min(0),
  digest: z.string(),
});
const outcomeSchema = z.strictObject({ reason: z.enum(outcomeReasons), detail: z.string(), lastTrial: z.int().nullable() });

/** What an event says, by its type. */
export const loggedEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('study-created'), data: creationSchema }),
  z.object({ type: z.literal('study-imported'), data: creationSchema }),
  z.object({ type: z.literal('trials-queued'), data: z.looseObject({ trials: z.array(queuedSchema) }) }),
  z.object({ type: z.literal('trials-folded'), data: z.looseObject({ trials: z.array(resultSchema) }) }),
  z.object({ type: z.literal('checkpoint-written'), data: checkpointSchema }),
  z.object({ type: z.literal('study-paused'), data: z.looseObject({}) }),
  z.object({ type: z.literal('study-resumed'), data: z.looseObject({}) }),
  z.object({
    type: z.literal('study-ended'),
    data: z.looseObject({ state: studyStateSchema, outcome: outcomeSchema, trials: z.array(resultSchema) }),
  }),
]);
export type LoggedEvent = z.output<typeof loggedEventSchema>;
