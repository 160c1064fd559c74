import type { DeliveryRepresentation } from '../api/delivery.ts';
import type { NewWebhookRepresentation, WebhookChangeRequest, WebhookRepresentation, WebhookRequest } from '../api/webhook.ts';
import type { Requester } from './request.ts';

/** Webhooks and their deliveries. */
export interface WebhookClient {
  /** Makes a webhook. The answer has its secret, this once. A repeated call makes another webhook. */
  createWebhook(request: WebhookRequest): Promise<NewWebhookRepresentation>;
  /** The webhooks of the project, the newest first. For a key of all projects: those of all, unless the client names a project. */
  listWebhooks(): AsyncIterable<WebhookRepresentation>;
  getWebhook(webhookId: string): Promise<WebhookRepresentation>;
  changeWebhook(webhookId: string, change: WebhookChangeRequest): Promise<WebhookRepresentation>;
  deleteWebhook(webhookId: string): Promise<void>;
  /** Replaces the secret. The answer has the new one, this once; the one before signs beside it for a day. */
  rotateWebhookSecret(webhookId: string): Promise<NewWebhookRepresentation>;
  /** Sends a test message. Read the delivery until it is no longer `pending`. */
  pingWebhook(webhookId: string): Promise<DeliveryRepresentation>;
  /** The deliveries of a webhook, the newest first. */
  listDeliveries(webhookId: string, filter?: { readonly state?: DeliveryRepresentation['state'] }): AsyncIterable<DeliveryRepresentation>;
  getDelivery(webhookId: string, deliveryId: string): Promise<DeliveryRepresentation>;
  /** Sends a delivery again, under the same message id. */
  redeliver(webhookId: string, deliveryId: string): Promise<DeliveryRepresentation>;
}

/** Makes the methods for webhooks. */
export function webhookMethods({ json, none, pages }: Pick<Requester, 'json' | 'none' | 'pages'>): WebhookClient {
  const webhook = (webhookId: string, rest = ''): string => `/v1/webhooks/${encodeURIComponent(webhookId)}${rest}`;
  const delivery = (webhookId: string, deliveryId: string, rest = ''): string =>
    webhook(webhookId, `/deliveries/${encodeURIComponent(deliveryId)}${rest}`);
  return {
    createWebhook: (body) => json({ method: 'POST', path: '/v1/webhooks', body }),
    listWebhooks: () => pages('/v1/webhooks', {}),
    getWebhook: (webhookId) => json({ path: webhook(webhookId) }),
    changeWebhook: (webhookId, body) => json({ method: 'PATCH', path: webhook(webhookId), body }),
    deleteWebhook: (webhookId) => none({ method: 'DELETE', path: webhook(webhookId) }),
    rotateWebhookSecret: (webhookId) => json({ method: 'POST', path: webhook(webhookId, '/rotate-secret') }),
    pingWebhook: (webhookId) => json({ method: 'POST', path: webhook(webhookId, '/ping') }),
    listDeliveries: (webhookId, filter = {}) => pages(webhook(webhookId, '/deliveries'), filter),
    getDelivery: (webhookId, deliveryId) => json({ path: delivery(webhookId, deliveryId) }),
    redeliver: (webhookId, deliveryId) => json({ method: 'POST', path: delivery(webhookId, deliveryId, '/redeliver') }),
  };
}
