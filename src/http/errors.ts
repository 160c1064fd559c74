import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { FaultRepresentation } from '../api/problem.ts';
import { DomainError } from '../shared/errors.ts';
import { isDatabaseUnavailable } from './connection-errors.ts';
import { isProblemCode, type ProblemCode, problemKinds, problemOf } from './problems.ts';
import { Refusal } from './refusal.ts';

interface Answer {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly faults?: readonly FaultRepresentation[];
  readonly state?: string | undefined;
}

const retryAfterSeconds = 5;

/** What Fastify itself refuses, by its code. */
const frameworkErrors: Readonly<Record<string, { code: ProblemCode; detail: string }>> = {
  FST_ERR_BAD_URL: { code: 'malformed-url', detail: 'the path cannot be decoded' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'route-not-found', detail: 'a part of the path is longer than any id or name' },
  FST_STATIC_FORBIDDEN_PATH: { code: 'route-not-found', detail: 'there is no such file; /docs is the page' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported-media-type',
    detail: 'send the body with the header content-type: application/json',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'payload-too-large', detail: 'the body is larger than 1 MiB' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'malformed-http', detail: 'the body is not as long as content-length says' },
};

/** Answers any error with a problem. The log has the cause of what is the service's own fault; the answer does not. */
export function answerError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = answerFor(error);
  const { status } = problemKinds[answer.code];
  if (status === 500) request.log.error({ err: error }, 'a request failed by a fault of the service');
  if (status === 503) request.log.warn({ err: error }, 'a request failed since the database cannot be reached');
  return sendProblem(request, reply, answer);
}

/** Sends a problem as it is, past all serializers: nothing can fail once more. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  const problem = problemOf(answer.code, { ...answer, requestId: request.id });
  if (problem.status === 503) reply.header('retry-after', String(retryAfterSeconds));
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .header('cache-control', 'no-store')
    .send(`${JSON.stringify(problem, null, 2)}\n`);
}

function answerFor(error: FastifyError | Error): Answer {
  if (error instanceof Refusal) return { code: error.problem, detail: error.message, faults: error.faults };
  if (error instanceof DomainError && isProblemCode(error.code))
    return { code: error.code, detail: error.message, faults: error.faults, state: stateOf(error) };
  const known = 'code' in error ? frameworkErrors[error.code] : undefined;
  if (known) return known;
  if (isDatabaseUnavailable(error))
    return { code: 'service-unavailable', detail: `the database cannot be reached; ask again in ${retryAfterSeconds} seconds` };
  return { code: 'internal-error', detail: 'the service made an error; its log has the cause under the instance of this problem' };
}

function stateOf({ details }: DomainError): string | undefined {
  return typeof details.state === 'string' ? details.state : undefined;
}
