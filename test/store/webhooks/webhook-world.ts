import { commandLine } from '../../../src/access/audit.ts';
import type { FeedEvent } from '../../../src/events/event.ts';
import { SharedFeed } from '../../../src/events/feed.ts';
import { isDatabaseUnreachable } from '../../../src/shared/database-unreachable.ts';
import { newId } from '../../../src/shared/ids.ts';
import { readAddress } from '../../../src/store/database/address.ts';
import { type Database, openDatabase, openDirectDatabase } from '../../../src/store/database/database.ts';
import { outbox } from '../../../src/store/events/outbox.ts';
import { deliveryQueue } from '../../../src/store/webhooks/delivery-queue.ts';
import { webhookStore } from '../../../src/store/webhooks/webhook-store.ts';
import type { BackOff } from '../../../src/webhooks/back-off.ts';
import type { DeliveryQueue, NewWebhook, WebhookStore } from '../../../src/webhooks/ports.ts';
import { newWebhookSecret } from '../../../src/webhooks/secret.ts';
import { startWebhooks, type WebhookSettings, type Webhooks } from '../../../src/webhooks/service.ts';
import type { Webhook } from '../../../src/webhooks/webhook.ts';
import { networks } from '../../webhooks/networks.ts';
import { createTestDatabase } from '../database.ts';

/** A database with webhooks, an outbox and as many senders as a test starts. */
export interface WebhookWorldOfTest extends AsyncDisposable {
  readonly database: Database;
  readonly store: WebhookStore;
  readonly queue: DeliveryQueue;
  /** Makes a webhook whose events begin now. */
  webhook(url: string, given?: Partial<NewWebhook>): Promise<Webhook & { readonly secret: string }>;
  /** Writes events of a study, or of the project, numbered from `first`. */
  write(studyId: string | null, count: number, first?: number): Promise<void>;
  /** Starts what a process runs. */
  start(settings?: Partial<WebhookSettings>, queue?: Partial<DeliveryQueue>, onError?: (facts: object) => void): Webhooks;
  /** Number of deliveries by state. */
  states(): Promise<Record<string, number>>;
}

/** Attempts within fractions of a second. */
export const quick: BackOff = { firstSeconds: 0.05, factor: 1, longestSeconds: 0.05, patienceSeconds: 60 };

export async function openWebhookWorld(): Promise<WebhookWorldOfTest> {
  const test = await createTestDatabase();
  const address = readAddress(test.url);
  const database = openDatabase({ address, connections: 10 });
  const direct = openDirectDatabase({ address, connections: 2 });
  const [queue, store] = [deliveryQueue(database), webhookStore(database)];
  const started = new Set<AsyncDisposable>();
  const woken = new Set<() => void>();
  const openFeed = (): SharedFeed => {
    const feed = new SharedFeed({
      log: outbox(direct),
      wakes: (wake) => {
        woken.add(wake);
        return () => void woken.delete(wake);
      },
      onFault: (error) => {
        throw error;
      },
    });
    return feed;
  };
  return {
    database,
    store,
    queue,
    async webhook(url, given = {}) {
      const secret = newWebhookSecret();
      const feed = openFeed();
      const position = await feed.position();
      await feed[Symbol.asyncDispose]();
      const plain = { id: newId(), project: 'default', description: '', types: null, studyId: null, labels: {}, createdBy: null };
      const made = await store.insert({ ...plain, url, secret, position, ...given }, commandLine);
      if (typeof made === 'string') throw new Error(made);
      return { ...made, secret: given.secret ?? secret };
    },
    async write(studyId, count, first = 0) {
      for (let number = first; number < first + count; number += 1) {
        await database.$executeRaw`
          INSERT INTO outbox (project, study_id, type, number) VALUES ('default', ${studyId}::uuid, 'trial-completed', ${number}::int)`;
      }
      for (const wake of woken) wake();
    },
    start(settings = {}, changed = {}, onError = console.error) {
      const feed = openFeed();
      const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: onError };
      const world = { queue: { ...queue, ...changed }, feed, represent, version: '1.2.3', log: quiet, isAway: isDatabaseUnreachable };
      const webhooks = startWebhooks(
        { ...world, random: () => 0.5 },
        { allowed: networks('127.0.0.1'), keptDays: 7, timeoutMs: 2000, backOff: quick, ...settings },
      );
      started.add(webhooks).add(feed);
      return webhooks;
    },
    async states() {
      const rows = await database.webhookDelivery.groupBy({ by: ['state'], _count: true });
      return Object.fromEntries(rows.map(({ state, _count }) => [state, _count]));
    },
    async [Symbol.asyncDispose]() {
      for (const one of started) await one[Symbol.asyncDispose]();
      await direct[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
}

function represent({ sequence, studyId, number }: FeedEvent): object {
  return { sequence: Number(sequence), studyId, number };
}
