import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AskRequest, askAnswerSchema, askAnyRequestSchema, askRequestSchema } from '../../api/ask.ts';
import { representAsked } from '../../api/ask-representation.ts';
import type { LeaseRequest } from '../../studies/ports/workers.ts';
import type { Belongings } from '../access-checks.ts';
import { idempotencyKeyHeader, keyOf, tokenOf } from '../idempotency-key.ts';
import { noteStudies } from '../request-work.ts';
import { bodyProblems, json, responses } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { workerBody } from '../worker-body.ts';
import { studyPath } from './parameters.ts';

/** Adds the routes by which workers ask for trials. */
export function askRoutes(app: App, services: Services, belongings: Belongings): void {
  askStudyRoute(app, services);
  askAnyRoute(app, services, belongings);
}

function askStudyRoute(app: App, { asking: { dispatcher } }: Services): void {
  const schema = {
    operationId: 'askStudy',
    tags: ['workers'],
    summary: 'Ask a study for trials',
    description:
      'Gives trials of a study with the objective `external` to a worker, under a lease that heartbeats and reports renew. Without a trial the answer says why. A trial whose lease ends goes to another worker. After a lost answer, send the request again with the same `Idempotency-Key`: the answer then has the trials of the first one, while their leases last.',
    params: studyPath,
    headers: idempotencyKeyHeader,
    querystring: noQuery,
    body: askRequestSchema,
    response: responses(
      { 200: json('Trials to evaluate, or the reason for which there is none.', askAnswerSchema) },
      'study-not-found',
      'not-external',
      ...bodyProblems,
    ),
  };
  app.post('/v1/studies/:studyId/ask', { schema, logLevel: 'warn' }, async (request, reply) => {
    const asked = workerBody(askRequestSchema, request.body);
    const studyId = request.params.studyId.toLowerCase();
    const requests = leaseRequests(asked, request);
    const { trials, missing } =
      asked.waitSeconds === 0
        ? await dispatcher.ask(studyId, requests)
        : await dispatcher.askWaiting({ studies: { named: [studyId] }, requests, ...waitOf(asked, reply) });
    return representAsked(trials, missing ?? 'budget');
  });
}

function askAnyRoute(app: App, { asking: { dispatcher } }: Services, belongings: Belongings): void {
  const schema = {
    operationId: 'askAny',
    tags: ['workers'],
    summary: 'Ask any study for trials',
    description:
      'As `askStudy`, over several studies: those that the request names, in that order, or the active studies with the objective `external` (the first hundred): the highest priority first, then the oldest. Without names, a study that ends is left out, and the request goes on waiting.',
    headers: idempotencyKeyHeader,
    querystring: noQuery,
    body: askAnyRequestSchema,
    response: responses(
      { 200: json('Trials to evaluate, or the reason for which there is none.', askAnswerSchema) },
      'study-not-found',
      'not-external',
      ...bodyProblems,
    ),
  };
  app.post('/v1/ask', { schema, logLevel: 'warn' }, async (request, reply) => {
    const asked = workerBody(askAnyRequestSchema, request.body);
    const named = asked.studies?.map((id) => id.toLowerCase());
    for (const id of named ?? []) await belongings.checkOwn(request.caller, 'study', id);
    const studies = named ? { named } : { allOf: request.caller.project };
    const { trials, missing } = await dispatcher.askWaiting({ studies, requests: leaseRequests(asked, request), ...waitOf(asked, reply) });
    noteStudies(
      request,
      trials.map(({ studyId }) => studyId),
    );
    return representAsked(trials, missing ?? 'no-study');
  });
}

function waitOf({ waitSeconds }: AskRequest, reply: FastifyReply) {
  return { ms: waitSeconds * 1000, whenGone: () => goneOf(reply) };
}

/** A request with a key has the tokens that follow from it: sent again, it gets the trials that it holds. */
function leaseRequests({ worker, count, leaseSeconds }: AskRequest, request: FastifyRequest): LeaseRequest[] {
  const key = keyOf(request);
  return Array.from({ length: count }, (_, index) => ({
    token: key === null ? randomUUID() : tokenOf(request, key, index),
    worker,
    leaseSeconds,
    isRepeatable: key !== null,
  }));
}

/** Aborted when the client has gone. */
function goneOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (reply.raw.destroyed) gone.abort();
  else reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
