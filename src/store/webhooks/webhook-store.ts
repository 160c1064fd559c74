import { isDeepStrictEqual } from 'node:util';
import type { Actor, AuditAction } from '../../access/audit.ts';
import type { NewWebhook, WebhookChange, WebhookStore } from '../../webhooks/ports.ts';
import { editableWebhook, type Webhook, webhooksAtMost } from '../../webhooks/webhook.ts';
import { keepProject } from '../access/admission.ts';
import { insertAudit } from '../access/audit.ts';
import { type Connection, type Database, inTransaction } from '../database/database.ts';
import type { WebhookModel } from '../generated/models.ts';
import { pageOf } from '../studies/page-of.ts';
import { askedDeliveries } from './asked-deliveries.ts';
import { deletedState, markDeleted } from './deletion.ts';
import { deliveryFromRow, known, webhookFromRow } from './rows.ts';

/** Leaves out deleted webhooks, whose deliveries the sweep is still deleting. */
const present = { state: { not: deletedState } };

/** Webhooks on PostgreSQL. */
export function webhookStore(database: Database): WebhookStore {
  const { webhook, webhookDelivery } = database;
  return {
    insert: (given, actor) => inTransaction(database, (tx) => insert(tx, given, actor)),
    webhook: (id) => read(database, id),
    webhooks: async ({ project, limit, after }) => {
      const where = { ...present, ...(project !== null && { project }), ...(after !== undefined && { id: { lt: after } }) };
      const rows = await webhook.findMany({ where, orderBy: { id: 'desc' }, take: limit + 1 });
      const { items, next } = pageOf(
        rows,
        limit,
        (row) => row,
        ({ id }) => id,
      );
      return { items: await withWaiting(database, items), next };
    },
    change: (id, change, actor, expected = null) =>
      inTransaction(database, async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM webhook WHERE id = ${id}::uuid FOR UPDATE`;
        const found = expected && (await read(tx, id));
        if (found && !isDeepStrictEqual(editableWebhook(found), expected)) return 'changed';
        return changeWebhook(tx, id, change, actor);
      }),
    delete: (id, actor) => inTransaction(database, (tx) => deleteWebhook(tx, id, actor)),
    rotate: (id, secret, hours, actor) =>
      inTransaction(database, async (tx) => {
        await tx.$executeRaw`
        UPDATE webhook SET previous_secret = secret, secret = ${secret},
          previous_secret_until = clock_timestamp() + make_interval(hours => ${hours}::int)
        WHERE id = ${id}::uuid AND state <> ${deletedState}`;
        await record(tx, 'webhook-secret-rotated', id, actor);
        return read(tx, id);
      }),
    ...askedDeliveries(database),
    deliveries: async (webhookId, { state, limit, after }) => {
      const where = { webhookId, ...known, ...(state !== undefined && { state }), ...(after !== undefined && { id: { lt: after } }) };
      const rows = await webhookDelivery.findMany({ where, orderBy: { id: 'desc' }, take: limit + 1 });
      return pageOf(rows, limit, deliveryFromRow, ({ id }) => id);
    },
    delivery: async (webhookId, id) => {
      const row = await webhookDelivery.findUnique({ where: { id, webhookId, ...known } });
      return row && deliveryFromRow(row);
    },
  };
}

/** The project's row is locked, so that two requests at the same time count each other. */
async function insert(tx: Connection, { types, labels, ...given }: NewWebhook, actor: Actor): Promise<Webhook | 'too-many' | 'no-project'> {
  if (!(await keepProject(tx, given.project))) return 'no-project';
  await tx.$queryRaw`SELECT 1 FROM project WHERE name = ${given.project} FOR NO KEY UPDATE`;
  if ((await tx.webhook.count({ where: { project: given.project, ...present } })) >= webhooksAtMost) return 'too-many';
  const row = await tx.webhook.create({ data: { ...given, types: [...(types ?? [])], labels: { ...labels } } });
  await record(tx, 'webhook-created', row.id, actor);
  return webhookFromRow(row, 0, new Date());
}

/** Changes a webhook whose row is locked. */
async function changeWebhook(tx: Connection, id: string, change: WebhookChange, actor: Actor): Promise<Webhook | null> {
  const { types, labels, state, skipTo, ...rest } = change;
  const found = await tx.webhook.findUnique({ where: { id, ...present } });
  if (!found) return null;
  await tx.webhook.update({
    where: { id },
    data: { ...rest, ...(types !== undefined && { types: [...(types ?? [])] }), ...(labels && { labels: { ...labels } }) },
  });
  if (skipTo !== undefined) await skip(tx, id, skipTo);
  if (state === 'disabled') {
    await tx.$executeRaw`
      UPDATE webhook SET state = 'disabled', disabled_at = clock_timestamp(), disabled_reason = NULL
      WHERE id = ${id}::uuid AND state = 'enabled'`;
  }
  if (state === 'enabled' && found.state === 'disabled') await enable(tx, id);
  if (!isDeepStrictEqual(found, await tx.webhook.findUnique({ where: { id } }))) await record(tx, 'webhook-changed', id, actor);
  return read(tx, id);
}

async function deleteWebhook(tx: Connection, id: string, actor: Actor): Promise<boolean> {
  // Of two deletions at once, the second waits here, and finds nothing.
  await tx.$queryRaw`SELECT 1 FROM webhook WHERE id = ${id}::uuid FOR UPDATE`;
  await record(tx, 'webhook-deleted', id, actor);
  return markDeleted(tx, id);
}

/** Records a change of a webhook, if there is one. Of its address, which may contain a secret, the host alone. */
async function record(tx: Connection, action: AuditAction, target: string, actor: Actor): Promise<void> {
  const row = await tx.webhook.findUnique({ where: { id: target, ...present }, select: { project: true, url: true, state: true } });
  if (!row) return;
  await insertAudit(tx, { ...actor, action, target, project: row.project, details: { host: new URL(row.url).hostname, state: row.state } });
}

async function skip(tx: Connection, id: string, to: bigint): Promise<void> {
  await tx.$executeRaw`UPDATE webhook SET position = greatest(position, ${to}) WHERE id = ${id}::uuid`;
  await tx.$executeRaw`
    UPDATE webhook_delivery
    SET state = 'dropped', settled_at = clock_timestamp(), next_attempt_at = NULL, lease_token = NULL, lease_until = NULL
    WHERE webhook_id = ${id}::uuid AND state = 'pending' AND kind = 'event'`;
}

/** All that waits is tried at once, for another day. */
async function enable(tx: Connection, id: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE webhook SET state = 'enabled', disabled_at = NULL, disabled_reason = NULL, failing_since = NULL WHERE id = ${id}::uuid`;
  await tx.$executeRaw`
    UPDATE webhook_delivery SET attempts = 0, first_attempt_at = NULL, next_attempt_at = clock_timestamp()
    WHERE webhook_id = ${id}::uuid AND state = 'pending' AND lease_token IS NULL`;
}

async function read(connection: Connection, id: string): Promise<Webhook | null> {
  const row = await connection.webhook.findUnique({ where: { id, ...present } });
  return row && ((await withWaiting(connection, [row]))[0] ?? null);
}

async function withWaiting({ webhookDelivery }: Pick<Connection, 'webhookDelivery'>, rows: readonly WebhookModel[]): Promise<Webhook[]> {
  if (rows.length === 0) return [];
  const where = { webhookId: { in: rows.map(({ id }) => id) }, state: 'pending' };
  const groups = await webhookDelivery.groupBy({ by: ['webhookId'], where, _count: true });
  const waiting = new Map(groups.map(({ webhookId, _count }) => [webhookId, _count]));
  return rows.map((row) => webhookFromRow(row, waiting.get(row.id) ?? 0, new Date()));
}
