import { z } from 'zod';
import { describedEnum } from '../shared/described-enum.ts';
import { type Delivery, deliveryKinds, deliveryStates } from '../webhooks/delivery.ts';
import { moment, pageOf } from './page.ts';

export const deliveryStateSchema = describedEnum(
  deliveryStates,
  {
    pending: 'it waits for its turn or for its next attempt, or is being sent.',
    delivered: 'the receiver accepted it.',
    failed: 'it was given up: a ping after one attempt, a redelivery after a day.',
    dropped: 'a request left it out.',
  },
  'State of a delivery.',
);

const deliveryKindSchema = describedEnum(
  deliveryKinds,
  {
    event: 'an event, in the order of its study.',
    ping: 'a test that a request asked for.',
    redelivery: 'a delivery that a request repeats, out of order.',
  },
  'Reason for a delivery.',
);

export const deliverySchema = z
  .strictObject({
    id: z.uuid().describe('Id of the delivery.'),
    webhookId: z.uuid().describe('Webhook that gets it.'),
    kind: deliveryKindSchema,
    messageId: z.string().describe('The header `webhook-id` of every attempt, by which a receiver knows a repetition.'),
    sequence: z.int().min(1).nullable().describe('Number of the event across all studies; null: a ping.'),
    type: z.string().describe('Type of the event, or `ping`.'),
    studyId: z.uuid().nullable().describe('Study of the event; null: it has none.'),
    state: deliveryStateSchema,
    attempts: z.int().min(0).describe('Attempts that began, since it was stored or its webhook was enabled.'),
    createdAt: moment('When it was stored.'),
    attemptedAt: moment('When the last attempt began; null: there was none.').nullable(),
    nextAttemptAt: moment('Earliest time of the next attempt; null: there will be none.').nullable(),
    settledAt: moment('When it was delivered, given up or dropped; null: it is pending.').nullable(),
    status: z.int().min(100).max(999).nullable().describe('HTTP status of the last answer; null: there was no answer.'),
    excerpt: z.string().nullable().describe('First KiB of the last answer; null: there was no answer.'),
    error: z.string().nullable().describe('The reason for the failure of the last attempt; null: it did not fail.'),
    durationMs: z.int().min(0).nullable().describe('Time of the last attempt in ms; null: there was none.'),
  })
  .meta({ id: 'Delivery', description: 'A message to a receiver, with the result of its last attempt. It is kept as long as events are.' });
export type DeliveryRepresentation = z.output<typeof deliverySchema>;

export const deliveryPageSchema = pageOf('DeliveryPage', deliverySchema);

/** Builds the representation of a delivery. */
export function representDelivery(delivery: Delivery): DeliveryRepresentation {
  const text = (time: Date | null): string | null => time?.toISOString() ?? null;
  return {
    ...delivery,
    sequence: delivery.sequence === null ? null : Number(delivery.sequence),
    createdAt: delivery.createdAt.toISOString(),
    attemptedAt: text(delivery.attemptedAt),
    nextAttemptAt: text(delivery.nextAttemptAt),
    settledAt: text(delivery.settledAt),
  };
}
