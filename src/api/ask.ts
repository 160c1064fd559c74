import { z } from 'zod';
import { describedEnum } from '../shared/described-enum.ts';
import { earlierValuesSchema } from '../space/earlier-values.ts';
import { parameterValueSchema } from '../space/schema.ts';
import { reportedValuesSchema } from '../studies/model/reported-values.ts';
import { trialStateSchema } from '../studies/model/states.ts';
import { moment } from './page.ts';
import { continuedTrialSchema, referenceSchema, resumeSchema } from './resume.ts';

/** Most trials of one request. */
export const mostAsked = 100;
const mostReports = 1000;

const tokenSchema = z.uuid('must be a UUID').describe('The token of the lease, from the answer that gave the trial out.');

/** A request for trials. */
export const askRequestSchema = z
  .strictObject({
    worker: z.string().min(1).max(200).describe('Name of the worker, for people.'),
    count: z.int().min(1).max(mostAsked).default(1).describe('Largest number of trials to give out.'),
    leaseSeconds: z
      .int()
      .min(5)
      .max(3600)
      .default(60)
      .describe(
        'Time without a heartbeat or report after which the trial is given to another worker. A worker sends a heartbeat every third of it.',
      ),
    waitSeconds: z
      .int()
      .min(0)
      .max(60)
      .default(0)
      .describe('Time to wait for a trial if there is none now. The answer comes as soon as there is one, or the study has ended.'),
  })
  .meta({ id: 'AskRequest', description: 'A request for trials to evaluate.' });

/** The same over several studies. */
export const askAnyRequestSchema = askRequestSchema
  .extend({
    studies: z.array(z.uuid('must be a UUID')).min(1).max(100).optional().describe('Ids of the studies. Default: all active ones.'),
  })
  .meta({ id: 'AskAnyRequest', description: 'A request for trials of any of several studies.' });

const leaseSchema = z
  .strictObject({
    token: tokenSchema,
    seconds: z.int().min(1).describe('Time by which every heartbeat and report renews it.'),
    until: moment('End of the lease if nothing renews it.'),
  })
  .meta({ id: 'Lease', description: "A worker's claim on a trial for a limited time." });

/** A trial that was given out. */
export const askedTrialSchema = z
  .strictObject({
    id: z.uuid().describe('Id of the trial.'),
    studyId: z.uuid().describe('Id of its study.'),
    number: z.int().min(0).describe('From 0: suggested and given trials alike.'),
    generation: z.int().min(0).nullable().describe('null if the sampler has no generations.'),
    parameters: z.record(z.string(), parameterValueSchema).describe('Values by parameter name.'),
    attempt: z.int().min(1).describe('1 for the first time that the trial is given out.'),
    lease: leaseSchema,
    resume: resumeSchema
      .nullable()
      .describe(
        'Where it may continue: after the last checkpoint of an earlier attempt, or else of the trial in continues; if that reported none, of the last one before that did; null if there is none.',
      ),
    continues: continuedTrialSchema
      .nullable()
      .describe('The trial that this one continues with more steps, in a search that measures at rungs; null if it begins anew.'),
    earlierValues: earlierValuesSchema
      .optional()
      .describe(
        'Values for the steps up to `until`, if they differ from `parameters`: an evaluation without a checkpoint, or with one of a step before the last `until`, takes those steps with them. Absent: all steps are taken with `parameters`.',
      ),
  })
  .meta({ id: 'AskedTrial', description: 'A trial that a worker now holds.' });

/** Reasons for which no trial was given out. */
export const waitingReasons = [
  'generation',
  'earlier-trials',
  'parallelism',
  'budget',
  'suggestion',
  'version',
  'quota',
  'paused',
  'ended',
  'no-study',
] as const;

const waitingSchema = z
  .strictObject({
    reason: describedEnum(waitingReasons, {
      generation: 'the next generation needs the results of all trials of this one.',
      'earlier-trials': 'the next suggestion needs the results of earlier trials.',
      parallelism: 'as many trials are open as the parallelism of the study allows.',
      budget: 'all trials of the study are given out; one may come back if its worker is lost.',
      suggestion: 'a suggestion is being computed.',
      version: 'this service does not have the version of the objective that the study began with.',
      quota: 'the project has used up its trials of the day or its bytes.',
      paused: 'the study is paused.',
      ended: 'the study has ended.',
      'no-study': 'no study needs a worker.',
    }),
    detail: z.string().describe('In words, with what the worker should do.'),
    retryAfterSeconds: z
      .number()
      .min(0)
      .nullable()
      .describe('Recommended pause before the next request; null: there is nothing left to ask for.'),
  })
  .meta({ id: 'Waiting', description: 'The reason for which no trial was given out.' });

/** The answer to a request for trials. */
export const askAnswerSchema = z
  .strictObject({
    trials: z.array(askedTrialSchema).describe('Trials that the worker now holds; at most as many as were asked for.'),
    waiting: waitingSchema.nullable().describe('null if there is a trial.'),
  })
  .meta({ id: 'AskAnswer', description: 'Trials to evaluate, or the reason for which there is none.' });

/** A request of the holder of a trial. */
export const leaseRequestSchema = z
  .strictObject({ token: tokenSchema })
  .meta({ id: 'LeaseRequest', description: 'The token that shows who holds the trial.' });

/** Measurements on the way. */
export const reportRequestSchema = z
  .strictObject({
    token: tokenSchema,
    reports: z
      .array(
        z
          .strictObject({
            step: z.int().min(1).max(1_000_000_000).describe('From 1, in your own unit. Steps may be left out.'),
            values: reportedValuesSchema,
            checkpoint: referenceSchema.optional(),
          })
          .meta({ id: 'StepReport', description: 'The values measured at a step.' }),
      )
      .min(1)
      .max(mostReports)
      .refine((reports) => new Set(reports.map(({ step }) => step)).size === reports.length, { error: 'must have each step once' })
      .describe('One for each step. All are stored, or none.'),
  })
  .meta({ id: 'ReportRequest', description: 'Measurements of a running trial.' });

export const linkSchema = z
  .strictObject({
    name: z.string().min(1).max(200).describe('The text of the link.'),
    url: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .max(2000)
      .describe('Its address.'),
  })
  .meta({ id: 'Link', description: 'An address that belongs to a result, such as a log or a model.' });

export const attributesSchema = z
  .record(z.string().min(1).max(100), z.union([z.string().max(2000), z.number(), z.boolean(), z.null()]))
  .refine((attributes) => Object.keys(attributes).length <= 100, { error: 'must have at most 100 attributes' })
  .meta({ id: 'Attributes', description: 'Facts of your own about a result, such as a commit or a machine.' });

/** The words of a trial's worker, as a trial shows them. */
export const workerNotesSchema = z
  .strictObject({
    name: z.string().nullable().describe('Name of the worker that asked for the trial last; null for a known result.'),
    checkpoint: z.string().nullable().describe('Reference to the checkpoint of the result; null if it named none.'),
    attributes: attributesSchema.nullable().describe('null if it named none.'),
    links: z.array(linkSchema).nullable().describe('Addresses that belong to the result; null if it named none.'),
  })
  .meta({ id: 'WorkerNotes', description: 'The words of a client about itself and its result.' });

/** The result of a trial. */
export const completeRequestSchema = z
  .strictObject({
    token: tokenSchema,
    values: reportedValuesSchema
      .optional()
      .describe(
        'The result. Default: the values of the last report, or those of the checkpoint at which the attempt resumed, if that is after the last step.',
      ),
    checkpoint: referenceSchema.optional(),
    attributes: attributesSchema.optional(),
    links: z.array(linkSchema).max(20).optional().describe('Addresses that belong to the result.'),
  })
  .meta({ id: 'CompleteRequest', description: 'The result of a trial.' });

/** A failed attempt. */
export const failRequestSchema = z
  .strictObject({
    token: tokenSchema,
    error: z.string().max(100_000).describe('Description of the failure, for people; the last 2,000 characters are kept.'),
    retry: z
      .boolean()
      .default(true)
      .describe('false: the trial fails at once. true: it is tried again while the retries of the study allow it.'),
  })
  .meta({ id: 'FailRequest', description: 'A failed attempt of a trial.' });

/** Reasons for which a worker must stop. */
export const stopReasons = ['cancelled', 'pruned', 'settled', 'lease-lost'] as const;
export type WorkerStopReason = (typeof stopReasons)[number];

/** The answer to a heartbeat or a report. */
export const directiveSchema = z
  .strictObject({
    directive: describedEnum(['continue', 'stop'], { continue: 'go on.', stop: 'stop the evaluation; its result is not needed.' }),
    reason: describedEnum(stopReasons, {
      cancelled: 'the study has ended or was cancelled.',
      pruned: 'the trial is not promising.',
      settled: 'the trial has a result or has failed.',
      'lease-lost': 'the lease ended; another worker has the trial or will get it.',
    })
      .nullable()
      .describe('null: continue.'),
    detail: z.string().nullable().describe('The reason in words; null: continue.'),
    leaseUntil: moment('End of the lease if nothing renews it.').nullable(),
  })
  .meta({ id: 'Directive', description: 'Tells a worker to continue or to stop.' });

/** The state of a trial after its holder settled or returned it. */
export const settledSchema = z
  .strictObject({
    trial: z.uuid().describe('Id of the trial.'),
    number: z.int().min(0).describe('Its number in the study.'),
    state: trialStateSchema,
    value: z.number().nullable().describe("Value of the study's metric; null if there is none or it is not finite."),
  })
  .meta({ id: 'SettledTrial', description: 'A trial after a request of its worker.' });

export type AskRequest = z.output<typeof askRequestSchema>;
export type AskedTrialRepresentation = z.output<typeof askedTrialSchema>;
export type AskAnswer = z.output<typeof askAnswerSchema>;
export type ReportRequest = z.output<typeof reportRequestSchema>;
export type CompleteRequest = z.output<typeof completeRequestSchema>;
export type FailRequest = z.output<typeof failRequestSchema>;
export type DirectiveRepresentation = z.output<typeof directiveSchema>;
export type SettledRepresentation = z.output<typeof settledSchema>;
