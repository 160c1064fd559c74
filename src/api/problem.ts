import { z } from 'zod';

const faultSchema = z
  .strictObject({
    pointer: z.string().optional().describe('Where in the body: a JSON pointer (RFC 6901); empty for the whole body.'),
    parameter: z.string().optional().describe('Which parameter of the path or the query.'),
    detail: z.string().describe('What is wrong there, in words.'),
  })
  .meta({ id: 'Fault', description: 'One fault of a request: in its body, or in a parameter of its address.' });

/** What every refused request gets (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z.string().describe('Address of a page on this server that explains the problem.'),
    title: z.string().describe('The kind of problem, always the same for one code.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What happened this time, in words.'),
    instance: z.string().describe('This one occurrence: the id of the request, as it is in the log.'),
    code: z.string().describe('The kind of problem for programs; stable.'),
    errors: z.array(faultSchema).describe('Every fault of the request at once; empty where there is nothing to correct in it.'),
    state: z.string().optional().describe('The state that forbids what was asked for.'),
  })
  .meta({ id: 'Problem', description: 'Why a request was not done (RFC 9457). A refused request changes nothing.' });

export type ProblemRepresentation = z.output<typeof problemSchema>;
export type FaultRepresentation = z.output<typeof faultSchema>;
