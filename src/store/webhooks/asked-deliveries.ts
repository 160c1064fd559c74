import { newId } from '../../shared/ids.ts';
import { askedForAtMost, type Delivery } from '../../webhooks/delivery.ts';
import type { WebhookStore } from '../../webhooks/ports.ts';
import { type Connection, type Database, inTransaction } from '../database/database.ts';
import type { WebhookDeliveryUncheckedCreateInput } from '../generated/models.ts';
import { deletedState } from './deletion.ts';
import { deliveryFromRow, known } from './rows.ts';

/** Stores the deliveries that requests ask for: pings and redeliveries. Of a webhook at most some wait at a time. */
export function askedDeliveries(database: Database): Pick<WebhookStore, 'ping' | 'redeliver'> {
  return {
    ping: (id, { messageId, body }) =>
      inTransaction(database, async (tx) => {
        const place = await takePlace(tx, id);
        return place === 'free' ? store(tx, { webhookId: id, kind: 'ping', messageId, type: 'ping', orderKey: id, body }) : place;
      }),
    redeliver: (webhookId, deliveryId) =>
      inTransaction(database, async (tx) => {
        const place = await takePlace(tx, webhookId);
        const row = await tx.webhookDelivery.findUnique({ where: { id: deliveryId, webhookId, ...known } });
        if (!row) return null;
        if (place !== 'free') return place;
        const { messageId, sequence, type, studyId, orderKey, body } = row;
        const kind = row.kind === 'ping' ? 'ping' : 'redelivery';
        return store(tx, { webhookId, kind, messageId, sequence, type, studyId, orderKey, body });
      }),
  };
}

/** The webhook's row is locked, so that requests at the same time count each other. null if there is no such webhook. */
async function takePlace(tx: Connection, webhookId: string): Promise<'free' | 'too-many' | null> {
  const found = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM webhook WHERE id = ${webhookId}::uuid AND state <> ${deletedState} FOR NO KEY UPDATE`;
  if (found.length === 0) return null;
  const waiting = await tx.webhookDelivery.count({ where: { webhookId, state: 'pending', kind: { not: 'event' } } });
  return waiting < askedForAtMost ? 'free' : 'too-many';
}

async function store(tx: Connection, delivery: Omit<WebhookDeliveryUncheckedCreateInput, 'id'>): Promise<Delivery> {
  return deliveryFromRow(await tx.webhookDelivery.create({ data: { ...delivery, id: newId() } }));
}
