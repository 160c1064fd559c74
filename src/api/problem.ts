import { z } from 'zod';
import { describedEnum } from '../shared/described-enum.ts';
import type { StudyState, TrialState } from '../studies/model/states.ts';

/** The kinds of problem, by status. A code never changes its meaning; `http/problems.ts` explains each. */
export const problemCodes = [
  'malformed-http',
  'malformed-url',
  'malformed-json',
  'unauthorized',
  'forbidden',
  'cross-site-request',
  'route-not-found',
  'study-not-found',
  'campaign-not-found',
  'trial-not-found',
  'preset-not-found',
  'project-not-found',
  'key-not-found',
  'webhook-not-found',
  'delivery-not-found',
  'method-not-allowed',
  'request-timeout',
  'state-conflict',
  'project-exists',
  'too-many-webhooks',
  'webhook-disabled',
  'too-many-deliveries',
  'project-in-use',
  'project-erasing',
  'study-not-ended',
  'study-in-campaign',
  'campaign-not-ended',
  'not-external',
  'stale-token',
  'step-reported',
  'winner-not-known',
  'precondition-failed',
  'payload-too-large',
  'unsupported-media-type',
  'expectation-failed',
  'host-not-allowed',
  'invalid-request',
  'invalid-study',
  'invalid-campaign',
  'invalid-document',
  'invalid-fork',
  'invalid-change',
  'invalid-cursor',
  'not-comparable',
  'key-reused',
  'rate-limited',
  'too-many-streams',
  'quota-exceeded',
  'headers-too-large',
  'internal-error',
  'unreadable-record',
  'exports-busy',
  'streams-busy',
  'service-unavailable',
] as const;

const problemCodeSchema = z
  .enum(problemCodes)
  .meta({ id: 'ProblemCode', description: 'The kind of problem, as a stable code for programs.' });

/** Every state of a study, a campaign or a trial. */
export const stateSchema = describedEnum(
  ['active', 'paused', 'queued', 'running', 'completed', 'pruned', 'failed', 'cancelled'] satisfies (StudyState | TrialState)[],
  {
    active: 'a study or campaign that works.',
    paused: 'a study or campaign that was paused.',
    queued: 'a trial that waits.',
    running: 'a trial that is evaluated.',
    completed: 'it ended with a result.',
    pruned: 'a trial that was stopped early.',
    failed: 'it ended without a result.',
    cancelled: 'it was ended by a request, or with its study.',
  },
  'A state of a study, a campaign or a trial.',
).meta({ id: 'AnyState' });

const violationSchema = z
  .strictObject({
    pointer: z.string().optional().describe('Place in the body: a JSON pointer (RFC 6901); empty for the whole body.'),
    parameter: z.string().optional().describe('Name of the parameter of the path or the query.'),
    detail: z.string().describe('Description of the error.'),
  })
  .meta({ id: 'Violation', description: 'One error in a request: in its body, or in a parameter of its address.' });

/** The response to every rejected request (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z.string().describe('Address of a page on this server that explains the problem.'),
    title: z.string().describe('The kind of problem in words, the same for every problem with this code.'),
    status: z.int().min(400).max(599).describe('The HTTP status.'),
    detail: z.string().describe('Description of this occurrence.'),
    instance: z.string().describe('Identifies this occurrence: the id of the request, as in the log.'),
    code: problemCodeSchema,
    errors: z.array(violationSchema).describe('All errors in the request; empty if there is nothing to correct in it.'),
    state: stateSchema.optional().describe('The state of the study, campaign or trial that does not allow the request.'),
  })
  .meta({ id: 'Problem', description: 'The reason for which a request was rejected (RFC 9457). A rejected request changes nothing.' });

export type ProblemCode = z.output<typeof problemCodeSchema>;
export type ProblemRepresentation = z.output<typeof problemSchema>;
export type ViolationRepresentation = z.output<typeof violationSchema>;
