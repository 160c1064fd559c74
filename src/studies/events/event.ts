import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import { budgetSchema, labelsSchema, parallelismSchema, prioritySchema } from '../definition/definition.ts';
import { trialStateSchema } from '../model/states.ts';
import { outcomeSchema } from '../model/study.ts';
import { incidentSchema, originSchema, reuseKinds, seenTrialsSchema, trialNumberSchema, trialSources } from '../model/trial.ts';

/** The version that new events contain in their data, which is hashed. Events without one are of version 1. */
export const eventVersion = 2;

/** Every type of event of a study; `trials-folded` is the name of `trials-observed` in version 1. */
export const eventTypes = [
  'study-created',
  'study-imported',
  'trials-observed',
  'trials-folded',
  'checkpoint-written',
  'trials-queued',
  'trials-given',
  'study-paused',
  'study-resumed',
  'study-ended',
  'study-extended',
  'study-changed',
] as const;

const digest = z.string();
const version = z.literal(eventVersion);

/** The result of a trial, as it enters the chain. */
export const resultFactsSchema = z.strictObject({
  number: trialNumberSchema,
  state: trialStateSchema,
  value: z.number().nullable(),
  values: valuesSchema.nullable(),
  diverged: z.boolean(),
  /** Of an error its code alone: messages name sizes and exit codes. */
  error: z.string().nullable(),
  source: z.enum(trialSources),
  reuse: z.enum(reuseKinds).nullable(),
  /** Steps measured, and the digest over the measurements in order; null if there are none. */
  steps: z.int().min(0),
  measurements: digest.nullable(),
  /** Digest over its evaluation on held-out data; null if there is none. */
  evaluation: digest.nullable(),
  /** Ordered by kind and step. */
  incidents: z.array(incidentSchema.omit({ detail: true })),
  /** Digest over its judgements by a pruner, by step; absent if there are none. */
  judgements: digest.optional(),
});

/** A trial as it was queued. */
export const queuedFactsSchema = z.strictObject({
  number: trialNumberSchema,
  generation: z.int().min(0).nullable(),
  parameters: z.record(z.string(), parameterValueSchema),
  origin: originSchema,
  seen: seenTrialsSchema.optional(),
});

/** A trial as a client gave it. */
export const givenFactsSchema = z.strictObject({
  parameters: z.record(z.string(), parameterValueSchema),
  values: valuesSchema.optional(),
  origin: originSchema.optional(),
});

/** The code that a study began with, and its definition. Digests are over canonical text. */
const creationFields = { definition: digest, definitionVersion: z.int().min(1), samplerVersion: z.int(), objectiveVersion: z.int() };

/** Values of a study that a request may change. */
export const changedFactsSchema = z.strictObject({
  parallelism: parallelismSchema.optional(),
  priority: prioritySchema.optional(),
  labels: labelsSchema.optional(),
});

/** A change of a study before it is chained. */
export const eventBodySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('study-created'), data: z.strictObject({ version, ...creationFields }) }),
  /** Imported: `document` is the digest of the export's canonical text, `trials` counts its results. */
  z.strictObject({
    type: z.literal('study-imported'),
    data: z.strictObject({ version, ...creationFields, document: digest, trials: z.int().min(0) }),
  }),
  z.strictObject({ type: z.literal('trials-observed'), data: z.strictObject({ version, trials: z.array(resultFactsSchema) }) }),
  z.strictObject({
    type: z.literal('checkpoint-written'),
    data: z.strictObject({ version, sequence: z.int().min(0), generation: z.int().min(0).nullable(), trials: z.int().min(0), digest }),
  }),
  z.strictObject({ type: z.literal('trials-queued'), data: z.strictObject({ version, trials: z.array(queuedFactsSchema) }) }),
  /** Trials that a client gave, in order from number `first` on; those with values are known. */
  z.strictObject({
    type: z.literal('trials-given'),
    data: z.strictObject({ version, first: trialNumberSchema, trials: z.array(givenFactsSchema) }),
  }),
  z.strictObject({ type: z.enum(['study-paused', 'study-resumed']), data: z.strictObject({ version }) }),
  /** `trials`: results that count although they were not observed (the study ended before their turn). */
  z.strictObject({
    type: z.literal('study-ended'),
    data: z.strictObject({
      version,
      state: z.enum(['completed', 'failed', 'cancelled']),
      outcome: outcomeSchema,
      trials: z.array(resultFactsSchema),
    }),
  }),
  /**
   * The budget before and after. A study that had ended is active again, its cancelled trials are queued again, and it goes on from
   * `observed` trials and `checkpoints` study checkpoints: fewer than before if its last generation was cut short.
   */
  z.strictObject({
    type: z.literal('study-extended'),
    data: z.strictObject({ version, from: budgetSchema, to: budgetSchema, observed: z.int().min(0), checkpoints: z.int().min(0) }),
  }),
  /** The values that were changed, before and after. */
  z.strictObject({ type: z.literal('study-changed'), data: z.strictObject({ version, from: changedFactsSchema, to: changedFactsSchema }) }),
]);

export type EventBody = z.output<typeof eventBodySchema>;
export type CreationFacts = Extract<EventBody, { type: 'study-created' }>['data'];
export type ChangedFacts = z.output<typeof changedFactsSchema>;
export type ExtensionFacts = Omit<Extract<EventBody, { type: 'study-extended' }>['data'], 'version'>;
export type ResultFacts = z.output<typeof resultFactsSchema>;
export type QueuedFacts = z.output<typeof queuedFactsSchema>;
export type GivenFacts = z.output<typeof givenFactsSchema>;

/** A change with its place in the chain. */
export interface ChainedEvent {
  /** From 0, without a gap. */
  readonly sequence: number;
  readonly type: (typeof eventTypes)[number];
  /** As stored; `readEvent` gives it a form. */
  readonly data: unknown;
  /** Hash of the event before; that of the first is `emptyChain.hash`. */
  readonly previous: string;
  readonly hash: string;
}

/** An event as it is read back. */
export interface StudyEvent extends ChainedEvent {
  readonly createdAt: Date;
}
