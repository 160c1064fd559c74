import { z } from 'zod';
import { type Delivery, deliveryKinds, deliveryStates } from '../../webhooks/delivery.ts';
import { type Webhook, webhookStates } from '../../webhooks/webhook.ts';
import type { WebhookDeliveryModel, WebhookModel } from '../generated/models.ts';

/** Labels as they are stored. */
export const labelsSchema = z.record(z.string(), z.string());
const stateSchema = z.enum(webhookStates);
const deliveryStateSchema = z.enum(deliveryStates);
const kindSchema = z.enum(deliveryKinds);

/** Selects the deliveries that this release can read. A newer release beside it may store those of other kinds, or in other states. */
export const known = { kind: { in: [...deliveryKinds] }, state: { in: [...deliveryStates] } };

/** Reads the labels that a webhook wants, or that a study has. */
export function labelsOfRow(labels: unknown): Readonly<Record<string, string>> {
  return labelsSchema.parse(labels);
}

/** An empty list is stored for all types. */
export function typesOfRow(types: readonly string[]): readonly string[] | null {
  return types.length === 0 ? null : types;
}

/** Builds a webhook without its secrets. @param waiting its pending deliveries */
export function webhookFromRow(row: WebhookModel, waiting: number, now: Date): Webhook {
  const { secret: _secret, previousSecret: _previous, previousSecretUntil: until, position: _position, ...shown } = row;
  return {
    ...shown,
    types: typesOfRow(row.types),
    labels: labelsOfRow(row.labels),
    state: stateSchema.parse(row.state),
    previousSecretUntil: until !== null && until > now ? until : null,
    waiting,
  };
}

export function deliveryFromRow(row: WebhookDeliveryModel): Delivery {
  const { orderKey: _key, body: _body, firstAttemptAt: _first, leaseToken: _token, leaseUntil: _until, ...shown } = row;
  return { ...shown, kind: kindSchema.parse(row.kind), state: deliveryStateSchema.parse(row.state) };
}
