import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError, z } from 'zod';
import { type ProblemCode, type ProblemRepresentation, stateSchema, type ViolationRepresentation } from '../api/problem.ts';
import { isDatabaseUnreachable } from '../shared/database-unreachable.ts';
import { DomainError } from '../shared/errors.ts';
import { payloadTooLarge } from './body-limits.ts';
import { HttpProblem } from './http-problem.ts';
import { problemOf } from './problem-body.ts';
import { isProblemCode, problemKinds } from './problems.ts';

interface Answer {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly violations?: readonly ViolationRepresentation[];
  readonly state?: ProblemRepresentation['state'];
  /** Seconds after which the same request may succeed, where time helps. */
  readonly retryAfterSeconds?: number | undefined;
}

const retryAfterSeconds = 5;

/** Problems for the errors of Fastify itself, by error code. */
const frameworkErrors: Readonly<Record<string, { code: ProblemCode; detail: string }>> = {
  FST_ERR_BAD_URL: { code: 'malformed-url', detail: 'the path cannot be decoded' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'route-not-found', detail: 'a part of the path is longer than any id or name' },
  FST_STATIC_FORBIDDEN_PATH: { code: 'route-not-found', detail: 'there is no such file; see /docs' },
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: { code: 'unsupported-media-type', detail: 'a body needs the header content-type: application/json' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported-media-type',
    detail: 'send the body with the header content-type: application/json',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'malformed-http', detail: 'the length of the body differs from content-length' },
};

/** Problems for other errors that the client caused, by status. Default `malformed-http`. */
const codesByStatus: Readonly<Record<number, ProblemCode>> = {
  404: 'route-not-found',
  405: 'method-not-allowed',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  431: 'headers-too-large',
};

/** Answers any error with a problem. The cause of an internal error is logged and not part of the answer. */
export function answerError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = answerFor(error, request.routeOptions);
  keepOrClose(request, reply);
  const { status } = problemKinds[answer.code];
  if (answer.code === 'malformed-http') request.log.debug({ err: error }, 'request could not be read');
  if (status === 500) request.log.error({ err: error }, 'request failed with an internal error');
  if (status === 501) request.log.error({ err: error }, 'request failed because this release cannot read what is stored');
  if (answer.code === 'service-unavailable') request.log.warn({ err: error }, 'request failed because the database cannot be reached');
  if (answer.code === 'exports-busy') request.log.warn('request failed because too many exports are being sent');
  return sendProblem(request, reply, answer);
}

/**
 * Fastify closes the connection when it refuses a body. A client that is still sending would get a broken pipe in place of the
 * problem, so Node reads and drops the rest. A client that waits for `100 Continue` has sent nothing yet.
 */
function keepOrClose({ headers }: FastifyRequest, reply: FastifyReply): void {
  if (headers.expect === undefined) reply.removeHeader('connection');
  else reply.header('connection', 'close');
}

/** Sends a problem without any serializer, so that sending it cannot fail. Keys that the request had in the wrong place are cut. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  const problem = problemOf(answer.code, { ...answer, requestId: request.id });
  const retryAfter = answer.retryAfterSeconds ?? (problem.status === 503 ? retryAfterSeconds : null);
  if (retryAfter !== null) reply.header('retry-after', String(retryAfter));
  return reply
    .code(problem.status)
    .removeHeader('etag') // of what the request would have read
    .type('application/problem+json')
    .header('cache-control', 'no-store')
    .send(request.server.withoutSecrets(`${JSON.stringify(problem, null, 2)}\n`));
}

function answerFor(error: FastifyError | Error, routeOptions: FastifyRequest['routeOptions']): Answer {
  if (error instanceof HttpProblem) return { code: error.problem, detail: error.message, violations: error.violations };
  if (error instanceof DomainError && isProblemCode(error.code))
    return {
      code: error.code,
      detail: error.message,
      violations: error.violations,
      state: stateOf(error),
      retryAfterSeconds: z.number().safeParse(error.details['retryAfterSeconds']).data,
    };
  // Requests are checked without exceptions: what does not match a schema here was read from the database.
  if (error instanceof ZodError)
    return {
      code: 'unreadable-record',
      detail: 'it is stored in a form that this release cannot read; a newer release may have stored it',
    };
  if ('code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return answerFor(payloadTooLarge(routeOptions.bodyLimit), routeOptions);
  const known = 'code' in error ? frameworkErrors[error.code] : undefined;
  if (known) return known;
  if (isClientViolation(error))
    return { code: codesByStatus[error.statusCode] ?? 'malformed-http', detail: `the request cannot be read: ${error.message}` };
  if (isDatabaseUnreachable(error))
    return { code: 'service-unavailable', detail: `the database cannot be reached; try again in ${retryAfterSeconds} seconds` };
  return { code: 'internal-error', detail: 'the service has an internal error; its log has the cause under the instance of this problem' };
}

/** True if the client caused the error. Fastify sets a 4xx status on such errors, connection errors included. */
function isClientViolation(error: Error): error is Error & { statusCode: number } {
  return 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
}

function stateOf({ details }: DomainError): ProblemRepresentation['state'] {
  const parsed = stateSchema.safeParse(details.state);
  return parsed.success ? parsed.data : undefined;
}
