import { afterEach, beforeEach, expect, it } from 'vitest';
import { commandLine } from '../../../src/access/audit.ts';
import { newId } from '../../../src/shared/ids.ts';
import { deleteSome } from '../../../src/store/webhooks/deletion.ts';
import { webhooksAtMost } from '../../../src/webhooks/webhook.ts';
import { eventually } from '../../support/eventually.ts';
import { openWebhookWorld, type WebhookWorldOfTest } from './webhook-world.ts';

let world: WebhookWorldOfTest;
beforeEach(async () => {
  world = await openWebhookWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const url = 'https://receiver.example/?token=abc';

/** A webhook with so many deliveries that wait, pings among them. */
async function busyWebhook(count: number): Promise<string> {
  const { id } = await world.webhook(url);
  await world.database.$executeRaw`
    INSERT INTO webhook_delivery (id, webhook_id, kind, message_id, type, order_key, body)
    SELECT gen_random_uuid(), ${id}::uuid, CASE WHEN number % 2 = 0 THEN 'ping' ELSE 'event' END, number, 'x', ${id}::uuid, '{}'
    FROM generate_series(1, ${count}::int) AS number`;
  return id;
}
const left = () => world.database.webhookDelivery.count();

it('a webhook that was deleted is gone at once, with its secret, and nothing is sent to it', async () => {
  const id = await busyWebhook(6);
  const delivery = await world.database.webhookDelivery.findFirst();
  expect(await world.store.delete(id, commandLine)).toBe(true);
  expect(await left()).toBe(6);
  expect(await world.store.webhook(id)).toBeNull();
  expect((await world.store.webhooks({ project: null, limit: 9 })).items).toEqual([]);
  expect(await world.store.change(id, { state: 'enabled' }, commandLine)).toBeNull();
  expect(await world.store.rotate(id, 'whsec_other', 24, commandLine)).toBeNull();
  expect(await world.store.ping(id, { messageId: 'msg_1', body: '{}' })).toBeNull();
  expect(await world.store.redeliver(id, delivery?.id ?? newId())).toBeNull();
  expect(await world.store.delete(id, commandLine)).toBe(false);
  expect(await world.queue.claim(9, 60)).toEqual([]);
  expect((await world.queue.subscriptions()).readable).toEqual([]);
  expect(JSON.stringify(await world.database.webhook.findMany({ omit: { position: true } }))).not.toMatch(/token=abc|whsec_/);
  const recorded = await world.database.auditEntry.findMany({ where: { target: id }, select: { action: true } });
  expect(recorded.map(({ action }) => action)).toEqual(['webhook-created', 'webhook-deleted']);
});

it('a webhook that was deleted takes no place of its project', async () => {
  for (let count = 0; count < webhooksAtMost; count += 1) await world.webhook(url);
  await expect(world.webhook(url)).rejects.toThrow('too-many');
  const [one] = (await world.store.webhooks({ project: null, limit: 1 })).items;
  await world.store.delete(one?.id ?? '', commandLine);
  await world.webhook(url);
});

it('its deliveries are deleted some at a time, then its row; other webhooks keep theirs', async () => {
  const [gone, kept] = [await busyWebhook(25), await busyWebhook(3)];
  await world.store.delete(gone, commandLine);
  const steps: [boolean, number][] = [];
  for (let more = true; more; ) {
    more = await deleteSome(world.database, 10);
    steps.push([more, await left()]);
  }
  expect(steps.map(([, count]) => count)).toEqual([18, 8, 3, 3, 3]);
  expect((await world.database.webhook.findMany({ omit: { position: true } })).map(({ id }) => id)).toEqual([kept]);
});

it('the work on webhooks deletes all that is left of one', async () => {
  await world.store.delete(await busyWebhook(1200), commandLine);
  world.start();
  await eventually(async () => expect([await left(), await world.database.webhook.count()]).toEqual([0, 0]));
});
