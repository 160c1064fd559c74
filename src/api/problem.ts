import { z } from 'zod';
import { studyStateSchema } from '../studies/model/states.ts';

/** The kinds of problem, by status. A code never changes its meaning; `http/problems.ts` has what each says. */
export const problemCodes = [
  'malformed-http',
  'malformed-url',
  'malformed-json',
  'cross-site-request',
  'route-not-found',
  'study-not-found',
  'campaign-not-found',
  'trial-not-found',
  'preset-not-found',
  'method-not-allowed',
  'request-timeout',
  'illegal-move',
  'study-not-ended',
  'study-in-campaign',
  'campaign-not-ended',
  'winner-not-known',
  'payload-too-large',
  'unsupported-media-type',
  'expectation-failed',
  'host-not-allowed',
  'invalid-request',
  'invalid-study',
  'invalid-campaign',
  'invalid-document',
  'invalid-cursor',
  'headers-too-large',
  'internal-error',
  'service-unavailable',
] as const;

const problemCodeSchema = z.enum(problemCodes).meta({ id: 'ProblemCode', description: 'The kind of problem for programs; stable.' });

const violationSchema = z
  .strictObject({
    pointer: z.string().optional().describe('Where in the body: a JSON pointer (RFC 6901); empty for the whole body.'),
    parameter: z.string().optional().describe('Which parameter of the path or the query.'),
    detail: z.string().describe('What is wrong there, in words.'),
  })
  .meta({ id: 'Violation', description: 'One fault of a request: in its body, or in a parameter of its address.' });

/** What every refused request gets (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z.string().describe('Address of a page on this server that explains the problem.'),
    title: z.string().describe('The kind of problem, always the same for one code.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What happened this time, in words.'),
    instance: z.string().describe('This one occurrence: the id of the request, as it is in the log.'),
    code: problemCodeSchema,
    errors: z.array(violationSchema).describe('Every fault of the request at once; empty where there is nothing to correct in it.'),
    state: studyStateSchema.optional().describe('The state of the study or the campaign that forbids what was asked for.'),
  })
  .meta({ id: 'Problem', description: 'Why a request was not done (RFC 9457). A refused request changes nothing.' });

export type ProblemCode = z.output<typeof problemCodeSchema>;
export type ProblemRepresentation = z.output<typeof problemSchema>;
export type ViolationRepresentation = z.output<typeof violationSchema>;
