import { z } from 'zod';
import { newId } from '../../shared/ids.ts';
import { deliveryKinds } from '../../webhooks/delivery.ts';
import type { AttemptResult, ClaimedDelivery, DeliveryQueue, DueMessage, Subscription, Subscriptions } from '../../webhooks/ports.ts';
import { type Database, inTransaction, retried } from '../database/database.ts';
import { deleteSome } from './deletion.ts';
import { labelsOfRow, labelsSchema, typesOfRow } from './rows.ts';

/** Deliveries that are sent at a time, by all processes together: of a webhook, of one that fails, and of all webhooks of a project. */
const atOnce = { usual: 4, failing: 1, project: 16 };

/** The queue of deliveries on PostgreSQL. */
export function deliveryQueue(database: Database): DeliveryQueue {
  return {
    subscriptions: () => subscriptions(database),
    labelsOf: async (studyIds) => {
      const rows = await database.study.findMany({ where: { id: { in: [...studyIds] } }, select: { id: true, labels: true } });
      return new Map(rows.map(({ id, labels }) => [id, labelsOfRow(labels)]));
    },
    take: (webhook, to, messages) => take(database, webhook, to, messages),
    claim: (limit, leaseSeconds) => retried(() => claim(database, limit, leaseSeconds)),
    record: (claimed, result) => retried(() => record(database, claimed, result)),
    release: async (claimed) => {
      for (const { id, token } of claimed) {
        await database.$executeRaw`
          UPDATE webhook_delivery
          SET lease_token = NULL, lease_until = NULL, attempts = attempts - 1,
            first_attempt_at = CASE WHEN attempts = 1 THEN NULL ELSE first_attempt_at END
          WHERE id = ${id}::uuid AND lease_token = ${token}::uuid`;
      }
    },
    sweep: async (days) => {
      const [isFull, isMore] = [(await deleteOld(database, days)) === sweptAtOnce, await deleteSome(database)];
      return isFull || isMore;
    },
  };
}

/** Deliveries that one statement of the sweep deletes. */
const sweptAtOnce = 5000;

/** Deletes the oldest deliveries, as far as they are older than some days. @returns their number */
function deleteOld(database: Database, days: number): Promise<number> {
  return database.$executeRaw`
    DELETE FROM webhook_delivery WHERE id IN (
      SELECT id FROM webhook_delivery WHERE created_at < clock_timestamp() - make_interval(days => ${days}::int)
      ORDER BY created_at LIMIT ${sweptAtOnce}::int
    )`;
}

const subscriptionSchema = z
  .object({
    id: z.string(),
    project: z.string(),
    types: z.array(z.string()),
    study_id: z.string().nullable(),
    labels: labelsSchema,
    position: z.bigint(),
    waiting: z.number(),
  })
  .transform(({ study_id: studyId, types, ...row }): Subscription => ({ ...row, studyId, types: typesOfRow(types) }));

async function subscriptions(database: Database): Promise<Subscriptions> {
  const rows = await database.$queryRaw<{ readonly id: string }[]>`
    SELECT id, project, types, study_id, labels, position, (
      SELECT count(*)::int FROM webhook_delivery WHERE webhook_id = webhook.id AND state = 'pending'
    ) AS waiting
    FROM webhook WHERE state = 'enabled' ORDER BY id`;
  const parsed = rows.map((row) => ({ id: row.id, ...subscriptionSchema.safeParse(row) }));
  return {
    readable: parsed.flatMap(({ data }) => data ?? []),
    unreadable: parsed.flatMap(({ id, error }) => (error ? [{ id, error }] : [])),
  };
}

/** Of two processes that took up the same events the second finds another position, and stores nothing. */
function take(
  database: Database,
  { id, position }: Pick<Subscription, 'id' | 'position'>,
  to: bigint,
  messages: readonly DueMessage[],
): Promise<boolean> {
  return inTransaction(database, async (tx) => {
    const moved = await tx.$executeRaw`
      UPDATE webhook SET position = ${to} WHERE id = ${id}::uuid AND position = ${position} AND state = 'enabled'`;
    if (moved > 0 && messages.length > 0)
      await tx.webhookDelivery.createMany({ data: messages.map((message) => ({ ...message, id: newId(), webhookId: id, kind: 'event' })) });
    return moved > 0;
  });
}

const claimedSchema = z.object({
  id: z.string(),
  webhook_id: z.string(),
  kind: z.enum(deliveryKinds),
  message_id: z.string(),
  type: z.string(),
  body: z.string(),
  url: z.string(),
  secret: z.string(),
  previous_secret: z.string().nullable(),
  attempts: z.number(),
  tried_for: z.number(),
  attempted_at: z.date(),
  lease_token: z.string(),
});

/**
 * `pending` finds the first delivery of each order key. Projects take turns, so that slow receivers of one hold up no other. A delivery of a kind
 * that only a newer release knows is left to a process of that release, which knows when to give it up. The condition on the lease is repeated where the row is locked, because it is checked again there if another process has just changed the row.
 */
async function claim(database: Database, limit: number, leaseSeconds: number): Promise<ClaimedDelivery[]> {
  const rows = await database.$queryRaw<unknown[]>`
    WITH pending AS (
      SELECT one.id, one.webhook_id, one.kind, webhook.project, webhook.failing_since, one.next_attempt_at, one.lease_until,
        kind <> 'event' OR row_number() OVER (PARTITION BY webhook_id, kind = 'event', order_key ORDER BY sequence) = 1 AS is_first,
        count(*) FILTER (WHERE lease_until > clock_timestamp()) OVER (PARTITION BY webhook_id) AS busy,
        count(*) FILTER (WHERE lease_until > clock_timestamp()) OVER (PARTITION BY webhook.project) AS project_busy
      FROM webhook JOIN webhook_delivery AS one ON one.webhook_id = webhook.id AND one.state = 'pending'
      WHERE webhook.state = 'enabled' OR (webhook.state = 'disabled' AND one.kind = 'ping')
    ), ready AS (
      SELECT id, project, project_busy, next_attempt_at, row_number() OVER (PARTITION BY webhook_id ORDER BY next_attempt_at, id) AS place,
        CASE WHEN failing_since IS NULL THEN ${atOnce.usual}::int ELSE ${atOnce.failing}::int END - busy AS free
      FROM pending
      WHERE is_first AND kind = ANY (${[...deliveryKinds]}::text[])
        AND next_attempt_at <= clock_timestamp() AND (lease_until IS NULL OR lease_until <= clock_timestamp())
    ), in_turn AS (
      SELECT id, project_busy + row_number() OVER (PARTITION BY project ORDER BY next_attempt_at, id) AS turn FROM ready WHERE place <= free
    ), picked AS (
      SELECT webhook_delivery.id FROM webhook_delivery JOIN in_turn ON in_turn.id = webhook_delivery.id AND turn <= ${atOnce.project}::int
      WHERE state = 'pending' AND next_attempt_at <= clock_timestamp() AND (lease_until IS NULL OR lease_until <= clock_timestamp())
      ORDER BY turn, next_attempt_at LIMIT ${limit}
      FOR UPDATE OF webhook_delivery SKIP LOCKED
    )
    UPDATE webhook_delivery AS one
    SET lease_token = gen_random_uuid(), lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision),
      attempts = attempts + 1, attempted_at = clock_timestamp(), first_attempt_at = COALESCE(first_attempt_at, clock_timestamp())
    FROM picked, webhook WHERE one.id = picked.id AND webhook.id = one.webhook_id
    RETURNING one.id, webhook_id, kind, message_id, type, body, url, secret,
      CASE WHEN previous_secret_until > clock_timestamp() THEN previous_secret END AS previous_secret,
      attempts, extract(epoch FROM attempted_at - first_attempt_at)::double precision AS tried_for, attempted_at, lease_token`;
  return z.array(claimedSchema).parse(rows).map(claimedFromRow);
}

function claimedFromRow(row: z.output<typeof claimedSchema>): ClaimedDelivery {
  const { id, kind, type, body, url, attempts } = row;
  return {
    ...{ id, kind, type, body, url, attempts },
    webhookId: row.webhook_id,
    messageId: row.message_id,
    secrets: [row.secret, ...(row.previous_secret === null ? [] : [row.previous_secret])],
    triedForSeconds: row.tried_for,
    attemptedAt: row.attempted_at,
    token: row.lease_token,
  };
}

/**
 * The delivery, its webhook and the event of a webhook that is disabled, in one statement. The time of the last success is written at most
 * every ten seconds, so that the deliveries of a webhook do not wait for each other.
 */
async function record(
  database: Database,
  { id, token, kind }: Pick<ClaimedDelivery, 'id' | 'token' | 'kind'>,
  { status, excerpt, error, durationMs, verdict }: AttemptResult,
): Promise<boolean> {
  const isOpen = verdict.kind === 'retry' || verdict.kind === 'disable';
  const isAccepted = verdict.kind === 'delivered';
  const waitSeconds = verdict.kind === 'retry' ? verdict.waitSeconds : 0;
  const reason = verdict.kind === 'disable' ? verdict.reason : null;
  const [row] = await database.$queryRaw<unknown[]>`
    WITH recorded AS (
      UPDATE webhook_delivery
      SET state = ${isOpen ? 'pending' : verdict.kind}, status = ${status}::int, excerpt = ${excerpt}, error = ${error}, duration_ms = ${durationMs}::int,
        settled_at = CASE WHEN ${isOpen}::boolean THEN NULL ELSE clock_timestamp() END,
        next_attempt_at = CASE WHEN ${isOpen}::boolean THEN clock_timestamp() + make_interval(secs => ${waitSeconds}::double precision) END,
        lease_token = NULL, lease_until = NULL
      WHERE id = ${id}::uuid AND lease_token = ${token}::uuid AND state = 'pending'
      RETURNING webhook_id
    ), accepted AS (
      UPDATE webhook SET failing_since = NULL, last_success_at = clock_timestamp()
      FROM recorded WHERE webhook.id = recorded.webhook_id AND ${isAccepted}::boolean
        AND (failing_since IS NOT NULL OR last_success_at IS NULL OR last_success_at < clock_timestamp() - interval '10 seconds')
    ), refused AS (
      UPDATE webhook
      SET failing_since = COALESCE(failing_since, clock_timestamp()),
        state = CASE WHEN ${reason}::text IS NULL THEN state ELSE 'disabled' END,
        disabled_at = CASE WHEN ${reason}::text IS NULL THEN disabled_at ELSE clock_timestamp() END,
        disabled_reason = COALESCE(${reason}::text, disabled_reason)
      FROM recorded WHERE webhook.id = recorded.webhook_id AND ${!isAccepted && kind === 'event'}::boolean
        AND CASE WHEN ${reason}::text IS NULL THEN failing_since IS NULL ELSE state = 'enabled' END
      RETURNING webhook.id, project
    ), told AS (
      INSERT INTO outbox (project, type, data)
      SELECT project, 'webhook-disabled', jsonb_build_object('webhookId', id, 'reason', ${reason}::text) FROM refused WHERE ${reason}::text IS NOT NULL
    )
    SELECT count(*)::int AS count FROM recorded`;
  return countSchema.parse(row).count > 0;
}

const countSchema = z.object({ count: z.number() });
