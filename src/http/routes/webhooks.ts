import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { pageQuery } from '../../api/page.ts';
import {
  newWebhookSchema,
  representWebhook,
  type WebhookRepresentation,
  webhookChangeSchema,
  webhookPageSchema,
  webhookRequestSchema,
  webhookSchema,
} from '../../api/webhook.ts';
import { newId } from '../../shared/ids.ts';
import { newWebhookSecret, rotationHours } from '../../webhooks/secret.ts';
import { targetFault } from '../../webhooks/target.ts';
import { editableWebhook, type Webhook, webhooksAtMost } from '../../webhooks/webhook.ts';
import { type Belongings, isOfAllProjects } from '../access-checks.ts';
import { actorOf } from '../audit.ts';
import { keyOf, pageResponse } from '../cursor.ts';
import { HttpProblem } from '../http-problem.ts';
import { changedMeanwhile, ifMatchHeader, matchedEditable } from '../if-match.ts';
import { bodyProblems, json, noBody, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { invalidBody, workerBody } from '../worker-body.ts';

/** The path of one webhook. */
export const webhookPath = z.strictObject({ webhookId: z.uuid().describe('Id of a webhook.') });
/** Webhooks are for administrators of a project. */
export const webhookConfig = { scope: 'admin' as const };

/** Adds the routes that make, list, change and delete webhooks. */
export function webhookRoutes(app: App, services: Services, belongings: Belongings): void {
  createRoute(app, services, belongings);
  listRoute(app, services);
  readRoute(app, services);
  changeRoute(app, services, belongings);
  deleteRoute(app, services);
  rotateRoute(app, services);
}

function createRoute(app: App, { webhooks, feed }: Services, belongings: Belongings): void {
  const schema = {
    operationId: 'createWebhook',
    tags: ['events'],
    summary: 'Make a webhook',
    description: `Each event of the project, from now on, is sent to its address: signed, at least once, and in order for each study. The response has the secret, this once. A project has at most ${webhooksAtMost} webhooks. A repeated request makes another one.`,
    querystring: noQuery,
    body: webhookRequestSchema,
    response: responses(
      { 201: json('The new webhook with its secret.', newWebhookSchema) },
      'study-not-found',
      'too-many-webhooks',
      'project-erasing',
      ...bodyProblems,
    ),
  };
  app.post('/v1/webhooks', { schema, config: webhookConfig }, async (request, reply) => {
    const given = workerBody(webhookRequestSchema, request.body);
    checkTarget(given.url, webhooks);
    if (given.studyId !== null) await belongings.checkOwn(request.caller, 'study', given.studyId);
    const { keyId: createdBy, project } = request.caller;
    const secret = newWebhookSecret();
    const made = await webhooks.store.insert(
      { ...given, id: newId(), project, createdBy, secret, position: await feed.position() },
      actorOf(request),
    );
    if (made === 'no-project') throw new HttpProblem('project-not-found', `there is no project ${project}`);
    if (made === 'too-many')
      throw new HttpProblem('too-many-webhooks', `the project ${project} has ${webhooksAtMost} webhooks: delete one first`);
    webhooks.wake();
    return reply
      .code(201)
      .header('location', `/v1/webhooks/${made.id}`)
      .send({ ...showWebhook(reply, made), secret });
  });
}

function listRoute(app: App, { webhooks }: Services): void {
  const schema = {
    operationId: 'listWebhooks',
    tags: ['events'],
    summary: 'List webhooks',
    description:
      'Those of the project, the newest first; without their secrets. A key of all projects lists those of all, unless the header Clavier-Project names one.',
    querystring: z.strictObject(pageQuery),
    response: responses({ 200: json('A page of webhooks.', webhookPageSchema), 304: unchanged }, 'invalid-cursor'),
  };
  app.get('/v1/webhooks', { schema, config: webhookConfig }, async (request) => {
    const project = isOfAllProjects(request) ? null : request.caller.project;
    const scope = { list: 'webhooks', filters: { project: project ?? undefined } };
    const after = keyOf(request.query.cursor, scope, z.uuid());
    return pageResponse(await webhooks.store.webhooks({ project, limit: request.query.limit, after }), scope, representWebhook);
  });
}

function readRoute(app: App, services: Services): void {
  const schema = {
    operationId: 'getWebhook',
    tags: ['events'],
    summary: 'Get a webhook',
    params: webhookPath,
    querystring: noQuery,
    response: responses({ 200: json('The webhook, without its secret.', webhookSchema), 304: unchanged }, 'webhook-not-found'),
  };
  app.get('/v1/webhooks/:webhookId', { schema, config: webhookConfig }, async (request, reply) =>
    showWebhook(reply, await ownWebhook(services, request, request.params.webhookId)),
  );
}

function changeRoute(app: App, services: Services, belongings: Belongings): void {
  const schema = {
    operationId: 'changeWebhook',
    tags: ['events'],
    summary: 'Change a webhook, or enable it again',
    description:
      'What waits is sent to the new address. New filters are for the events that are taken up from then on. A webhook that is enabled goes on where it stopped; `skipWaiting` leaves out what waits. With the ETag of a read as `If-Match`, nothing that others changed since is overwritten.',
    params: webhookPath,
    headers: ifMatchHeader,
    querystring: noQuery,
    body: webhookChangeSchema,
    response: responses(
      { 200: json('The changed webhook.', webhookSchema) },
      'webhook-not-found',
      'study-not-found',
      'precondition-failed',
      ...bodyProblems,
    ),
  };
  app.patch('/v1/webhooks/:webhookId', { schema, config: webhookConfig }, async (request, reply) => {
    const found = await ownWebhook(services, request, request.params.webhookId);
    const { skipWaiting, ...given } = workerBody(webhookChangeSchema, request.body);
    if (given.url !== undefined) checkTarget(given.url, services.webhooks);
    if (given.studyId) await belongings.checkOwn(request.caller, 'study', given.studyId);
    const expected = matchedEditable(request, 'webhook', editableWebhook(found));
    const change = { ...withoutAbsent(given), ...(skipWaiting && { skipTo: await services.feed.position() }) };
    const changed = await services.webhooks.store.change(found.id, change, actorOf(request), expected);
    if (changed === 'changed') throw changedMeanwhile('webhook');
    services.webhooks.wake();
    return showWebhook(reply, changed ?? webhookNotFound(found.id));
  });
}

function deleteRoute(app: App, services: Services): void {
  const schema = {
    operationId: 'deleteWebhook',
    tags: ['events'],
    summary: 'Delete a webhook',
    description:
      'It is gone at once, and nothing more is sent. A message that is being sent may still arrive. Its deliveries are deleted within minutes.',
    params: webhookPath,
    querystring: noQuery,
    response: responses({ 204: noBody('The webhook is deleted.') }, 'webhook-not-found'),
  };
  app.delete('/v1/webhooks/:webhookId', { schema, config: webhookConfig }, async (request, reply) => {
    const { id } = await ownWebhook(services, request, request.params.webhookId);
    if (!(await services.webhooks.store.delete(id, actorOf(request)))) webhookNotFound(id);
    return reply.code(204).send();
  });
}

function rotateRoute(app: App, services: Services): void {
  const schema = {
    operationId: 'rotateWebhookSecret',
    tags: ['events'],
    summary: 'Replace the secret of a webhook',
    description: `The response has the new secret, this once. For ${rotationHours} hours messages have a signature of each secret, so that the receiver can be changed meanwhile. A second rotation ends the first secret at once.`,
    params: webhookPath,
    querystring: noQuery,
    response: responses({ 200: json('The webhook with its new secret.', newWebhookSchema) }, 'webhook-not-found', ...bodyProblems),
  };
  app.post('/v1/webhooks/:webhookId/rotate-secret', { schema, config: webhookConfig }, async (request) => {
    const { id } = await ownWebhook(services, request, request.params.webhookId);
    const secret = newWebhookSecret();
    const rotated = await services.webhooks.store.rotate(id, secret, rotationHours, actorOf(request));
    return { ...representWebhook(rotated ?? webhookNotFound(id)), secret };
  });
}

/** The webhook of a request; one of another project is answered as if there were none. @throws HttpProblem `webhook-not-found` */
export async function ownWebhook({ webhooks }: Services, request: FastifyRequest, id: string): Promise<Webhook> {
  const webhook = await webhooks.store.webhook(id.toLowerCase());
  return webhook && (isOfAllProjects(request) || webhook.project === request.caller.project) ? webhook : webhookNotFound(id);
}

/** Represents a webhook. Its ETag tells what requests set from its deliveries, which change by themselves. */
function showWebhook(reply: FastifyReply, webhook: Webhook): WebhookRepresentation {
  reply.editable = editableWebhook(webhook);
  return representWebhook(webhook);
}

function checkTarget(url: string, { allowed }: Services['webhooks']): void {
  const fault = targetFault(url, allowed);
  if (fault !== null) throw invalidBody([{ pointer: '/url', detail: fault }]);
}

/** Members that are undefined are as good as absent, also for the types. */
function withoutAbsent<T extends object>(given: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };
}

/** @throws HttpProblem `webhook-not-found` */
export function webhookNotFound(id: string): never {
  throw new HttpProblem('webhook-not-found', `there is no webhook ${id}`);
}
