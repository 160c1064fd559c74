import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AccessKey } from '../../access/key.ts';
import { makeKey } from '../../access/make-key.ts';
import { callerSchema, keyPageSchema, keyRequestSchema, keySchema, newKeySchema, representKey } from '../../api/key.ts';
import { pageQuery } from '../../api/page.ts';
import { isOfAllProjects } from '../access-checks.ts';
import { actorOf } from '../audit.ts';
import type { Callers } from '../callers.ts';
import { keyOf, pageResponse } from '../cursor.ts';
import { HttpProblem } from '../http-problem.ts';
import { bodyProblems, json, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { invalidBody, workerBody } from '../worker-body.ts';

const keyPath = z.strictObject({ keyId: z.uuid().describe('Id of a key.') });
const config = { scope: 'admin' as const };

/** Adds the routes that make, list and revoke keys, and the one that tells a caller who it is. */
export function keyRoutes(app: App, services: Services, callers: Callers): void {
  createRoute(app, services, callers);
  listRoute(app, services);
  readRoute(app, services);
  revokeRoute(app, services, callers);
  callerRoute(app);
}

function createRoute(app: App, { access }: Services, callers: Callers): void {
  const schema = {
    operationId: 'createKey',
    tags: ['keys'],
    summary: 'Make a key',
    description:
      'The response has the secret, this once. Send it as a bearer token. The first key closes a service that answered to every program of its machine: keep an admin key. A repeated request makes another key: revoke the one that you did not receive.',
    querystring: noQuery,
    body: keyRequestSchema,
    response: responses({ 201: json('The new key with its secret.', newKeySchema) }, 'project-erasing', ...bodyProblems),
  };
  app.post('/v1/keys', { schema, config }, async (request, reply) => {
    const { name, scopes, project = request.caller.project, expiresAt } = workerBody(keyRequestSchema, request.body);
    if (!request.caller.everywhere && project !== request.caller.project)
      throw new HttpProblem('forbidden', `a key of the project ${request.caller.project} makes keys of that project only`);
    const expires = expiresAt === undefined ? null : new Date(expiresAt);
    if (expires !== null && expires <= new Date()) throw invalidBody([{ pointer: '/expiresAt', detail: 'must be in the future' }]);
    const made = await makeKey(access, { name, scopes, project, expiresAt: expires }, actorOf(request));
    if (!made) throw new HttpProblem('project-not-found', `there is no project ${project}`);
    callers.forget();
    return reply
      .code(201)
      .header('location', `/v1/keys/${made.key.id}`)
      .send({ ...representKey(made.key), secret: made.secret });
  });
}

function listRoute(app: App, { access }: Services): void {
  const schema = {
    operationId: 'listKeys',
    tags: ['keys'],
    summary: 'List keys',
    description:
      'Those of the project, the newest first; without their secrets. A key of all projects lists those of all, unless the header Clavier-Project names one.',
    querystring: z.strictObject(pageQuery),
    response: responses({ 200: json('A page of keys.', keyPageSchema), 304: unchanged }, 'invalid-cursor'),
  };
  app.get('/v1/keys', { schema, config }, async (request) => {
    const project = isOfAllProjects(request) ? null : request.caller.project;
    const scope = { list: 'keys', filters: { project: project ?? undefined } };
    const page = await access.keys({ project, limit: request.query.limit, after: keyOf(request.query.cursor, scope, z.uuid()) });
    return pageResponse(page, scope, representKey);
  });
}

function readRoute(app: App, services: Services): void {
  const schema = {
    operationId: 'getKey',
    tags: ['keys'],
    summary: 'Get a key',
    params: keyPath,
    querystring: noQuery,
    response: responses({ 200: json('The key, without its secret.', keySchema), 304: unchanged }, 'key-not-found'),
  };
  app.get('/v1/keys/:keyId', { schema, config }, async (request) => representKey(await ownKey(services, request, request.params.keyId)));
}

function revokeRoute(app: App, services: Services, callers: Callers): void {
  const schema = {
    operationId: 'revokeKey',
    tags: ['keys'],
    summary: 'Revoke a key',
    description:
      'For ever; revoking it again changes nothing. Requests with it are refused at once by this process, and within ten seconds by others.',
    params: keyPath,
    querystring: noQuery,
    response: responses({ 200: json('The revoked key.', keySchema) }, 'key-not-found', ...bodyProblems),
  };
  app.post('/v1/keys/:keyId/revoke', { schema, config }, async (request) => {
    const { id } = await ownKey(services, request, request.params.keyId);
    const revoked = await services.access.revokeKey(id, actorOf(request));
    callers.forget();
    return representKey(revoked ?? notFound(id));
  });
}

function callerRoute(app: App): void {
  const schema = {
    operationId: 'getCaller',
    tags: ['keys'],
    summary: 'Tell who sends this request',
    description: 'The project and the rights of the key. Any valid key may ask.',
    querystring: noQuery,
    response: responses({ 200: json('The caller.', callerSchema), 304: unchanged }),
  };
  app.get('/v1/caller', { schema, config: { scope: 'any' } }, async ({ caller: { keyId, project, everywhere, scopes } }) => ({
    keyId,
    project,
    allProjects: everywhere,
    scopes: [...scopes],
  }));
}

async function ownKey({ access }: Services, request: FastifyRequest, id: string): Promise<AccessKey> {
  const key = await access.key(id.toLowerCase());
  return key && (isOfAllProjects(request) || key.project === request.caller.project) ? key : notFound(id);
}

function notFound(id: string): never {
  throw new HttpProblem('key-not-found', `there is no key ${id}`);
}
