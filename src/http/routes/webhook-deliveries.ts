import { z } from 'zod';
import { deliveryPageSchema, deliverySchema, deliveryStateSchema, representDelivery } from '../../api/delivery.ts';
import { pageQuery } from '../../api/page.ts';
import { askedForAtMost } from '../../webhooks/delivery.ts';
import { pingOf } from '../../webhooks/message.ts';
import { keyOf, pageResponse } from '../cursor.ts';
import { HttpProblem } from '../http-problem.ts';
import { bodyProblems, json, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { ownWebhook, webhookConfig, webhookNotFound, webhookPath } from './webhooks.ts';

const deliveryPath = webhookPath.extend({ deliveryId: z.uuid().describe('Id of a delivery.') });

/** Adds the routes that test a webhook, and those of its deliveries. */
export function webhookDeliveryRoutes(app: App, services: Services): void {
  pingRoute(app, services);
  listRoute(app, services);
  readRoute(app, services);
  redeliverRoute(app, services);
}

function pingRoute(app: App, services: Services): void {
  const schema = {
    operationId: 'pingWebhook',
    tags: ['events'],
    summary: 'Test a webhook',
    description: `Sends a message of the type \`ping\` once, also while the webhook is disabled. Read the delivery until it is no longer \`pending\`: it has the answer, or the reason for the failure. At most ${askedForAtMost} pings and redeliveries of a webhook wait at a time.`,
    params: webhookPath,
    querystring: noQuery,
    response: responses(
      { 202: json('The delivery, which is sent at once.', deliverySchema) },
      'webhook-not-found',
      'too-many-deliveries',
      ...bodyProblems,
    ),
  };
  app.post('/v1/webhooks/:webhookId/ping', { schema, config: webhookConfig }, async (request, reply) => {
    const { id } = await ownWebhook(services, request, request.params.webhookId);
    const delivery = await services.webhooks.store.ping(id, pingOf(id));
    if (delivery === 'too-many') throw tooMany(id);
    services.webhooks.wake();
    return reply.code(202).send(representDelivery(delivery ?? webhookNotFound(id)));
  });
}

function listRoute(app: App, services: Services): void {
  const schema = {
    operationId: 'listDeliveries',
    tags: ['events'],
    summary: 'List the deliveries of a webhook',
    description: 'The newest first. They are kept as long as events are.',
    params: webhookPath,
    querystring: z.strictObject({
      ...pageQuery,
      state: deliveryStateSchema.optional().describe('Only deliveries in this state. Default: all.'),
    }),
    response: responses({ 200: json('A page of deliveries.', deliveryPageSchema), 304: unchanged }, 'webhook-not-found', 'invalid-cursor'),
  };
  app.get('/v1/webhooks/:webhookId/deliveries', { schema, config: webhookConfig }, async (request) => {
    const { id } = await ownWebhook(services, request, request.params.webhookId);
    const { state, limit, cursor } = request.query;
    const scope = { list: `deliveries of ${id}`, filters: { state } };
    const page = await services.webhooks.store.deliveries(id, { state, limit, after: keyOf(cursor, scope, z.uuid()) });
    return pageResponse(page, scope, representDelivery);
  });
}

function readRoute(app: App, services: Services): void {
  const schema = {
    operationId: 'getDelivery',
    tags: ['events'],
    summary: 'Get a delivery of a webhook',
    params: deliveryPath,
    querystring: noQuery,
    response: responses({ 200: json('The delivery.', deliverySchema), 304: unchanged }, 'webhook-not-found', 'delivery-not-found'),
  };
  app.get('/v1/webhooks/:webhookId/deliveries/:deliveryId', { schema, config: webhookConfig }, async (request) => {
    const { webhookId, deliveryId } = request.params;
    const { id } = await ownWebhook(services, request, webhookId);
    return representDelivery((await services.webhooks.store.delivery(id, deliveryId.toLowerCase())) ?? noDelivery(deliveryId));
  });
}

function redeliverRoute(app: App, services: Services): void {
  const schema = {
    operationId: 'redeliver',
    tags: ['events'],
    summary: 'Send a delivery again',
    description: `Under the same message id, beside the order of events, with the attempts of a new delivery. The webhook must be enabled. A repeated request sends it once more. At most ${askedForAtMost} pings and redeliveries of a webhook wait at a time.`,
    params: deliveryPath,
    querystring: noQuery,
    response: responses(
      { 202: json('The new delivery.', deliverySchema) },
      'webhook-not-found',
      'delivery-not-found',
      'webhook-disabled',
      'too-many-deliveries',
      ...bodyProblems,
    ),
  };
  app.post('/v1/webhooks/:webhookId/deliveries/:deliveryId/redeliver', { schema, config: webhookConfig }, async (request, reply) => {
    const { webhookId, deliveryId } = request.params;
    const { id, state } = await ownWebhook(services, request, webhookId);
    if (state === 'disabled') throw new HttpProblem('webhook-disabled', `the webhook ${id} is disabled: enable it first`);
    const delivery = await services.webhooks.store.redeliver(id, deliveryId.toLowerCase());
    if (delivery === 'too-many') throw tooMany(id);
    services.webhooks.wake();
    return reply.code(202).send(representDelivery(delivery ?? noDelivery(deliveryId)));
  });
}

function tooMany(id: string): HttpProblem {
  const detail = `${askedForAtMost} pings and redeliveries of the webhook ${id} wait already: wait until some are sent`;
  return new HttpProblem('too-many-deliveries', detail);
}

function noDelivery(id: string): never {
  throw new HttpProblem('delivery-not-found', `the webhook has no delivery ${id}`);
}
