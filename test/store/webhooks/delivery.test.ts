import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from '../../../src/access/audit.ts';
import { DatabaseUnreachableError } from '../../../src/shared/database-unreachable.ts';
import { newId } from '../../../src/shared/ids.ts';
import type { DeliveryQueue } from '../../../src/webhooks/ports.ts';
import { eventually } from '../../support/eventually.ts';
import { accept, type Behaviour, type Received, type Receiver, startReceiver } from '../../webhooks/receiver.ts';
import { openWebhookWorld, quick, type WebhookWorldOfTest } from './webhook-world.ts';

let world: WebhookWorldOfTest;
let receiver: Receiver;
beforeEach(async () => {
  [world, receiver] = [await openWebhookWorld(), await startReceiver()];
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

interface Sent {
  readonly studyId: string | null;
  readonly number: number;
}

const sent = ({ body }: Received): Sent => JSON.parse(body).data;
/** The numbers that a receiver accepted of a study, in the order in which it did. */
const numbersOf = (accepted: readonly Received[], studyId: string | null): number[] =>
  accepted.map(sent).flatMap((event) => (event.studyId === studyId ? event.number : []));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);
const delivered = (count: number) => eventually(async () => expect(await world.states()).toEqual({ delivered: count }), { seconds: 30 });

/** Refuses some messages by a behaviour, and accepts and keeps the others. */
function refusing(behaviour: Behaviour, isRefused: (count: number) => boolean): Received[] {
  const accepted: Received[] = [];
  let count = 0;
  receiver.behave((response, message) => {
    count += 1;
    if (isRefused(count)) return behaviour(response, message);
    accepted.push(message);
    return accept(response, message);
  });
  return accepted;
}

describe('events are delivered', () => {
  it('as a signed message with type, timestamp and the event', async () => {
    const { secret } = await world.webhook(receiver.url);
    world.start();
    const studyId = newId();
    await world.write(studyId, 1);
    await delivered(1);
    const [message] = receiver.received;
    expect(new Verifier(secret).verify(message?.body ?? '', message?.headers as Record<string, string>)).toEqual({
      type: 'trial-completed',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { sequence: 1, studyId, number: 0 },
    });
    expect(message?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Clavier/1.2.3' });
    expect(message?.headers['webhook-id']).toMatch(/^msg_/);
  });

  it.each<[string, Behaviour]>([
    ['fails', (response) => void response.writeHead(500).end()],
    ['hangs', () => undefined],
    ['redirects', (response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
    ['closes the connection', (response) => void response.destroy()],
    ['asks for another protocol', (response) => void response.writeHead(101, { connection: 'Upgrade', upgrade: 'x' }).end()],
    [
      'closes half-way',
      (response) => {
        response.writeHead(200, { 'content-length': '9' });
        response.write('half', () => response.destroy());
      },
    ],
  ])('in the order of each study, each once, by a receiver that %s and comes back', async (_what, behaviour) => {
    await world.webhook(receiver.url);
    const accepted = refusing(behaviour, (count) => count <= 4 || count % 5 === 0);
    world.start();
    const studies = [newId(), newId(), newId(), null];
    for (const studyId of studies) await world.write(studyId, 6);
    await delivered(24);
    for (const studyId of studies) expect(numbersOf(accepted, studyId)).toEqual(upTo(6));
    const rows = await world.database.webhookDelivery.findMany();
    const attempts = rows.reduce((sum, row) => sum + row.attempts, 0);
    expect(attempts).toBeGreaterThan(24);
    // A message on a kept connection that is closed is sent again within its attempt.
    expect(receiver.received.length).toBeGreaterThanOrEqual(attempts);
    expect(receiver.received.every(({ path }) => path === '/hook')).toBe(true);
  });

  it('with the same id and body in every attempt', async () => {
    await world.webhook(receiver.url);
    refusing(
      (response) => void response.writeHead(503).end(),
      (count) => count < 4,
    );
    world.start();
    await world.write(newId(), 1);
    await delivered(1);
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(1);
    const webhook = (await world.store.webhooks({ project: null, limit: 1 })).items[0];
    expect(webhook).toMatchObject({ state: 'enabled', failingSince: null, lastSuccessAt: expect.any(Date), waiting: 0 });
  });

  it('while a study waits for its receiver, other studies do not', async () => {
    await world.webhook(receiver.url);
    const [blocked, free] = [newId(), newId()];
    const accepted: Received[] = [];
    receiver.behave((response, message) => {
      if (sent(message).studyId === blocked) return void response.writeHead(500).end();
      accepted.push(message);
      return accept(response, message);
    });
    world.start();
    await world.write(blocked, 2);
    await world.write(free, 5);
    await eventually(async () => expect(numbersOf(accepted, free)).toEqual(upTo(5)));
    expect(new Set(numbersOf(receiver.received, blocked))).toEqual(new Set([0]));
  });

  it('once each by two processes that take up and send at the same time', async () => {
    await world.webhook(receiver.url);
    world.start();
    world.start();
    const studies = [newId(), newId(), newId(), newId(), newId(), newId()];
    await Promise.all(studies.map((studyId) => world.write(studyId, 20)));
    await delivered(120);
    expect(receiver.received).toHaveLength(120);
    for (const studyId of studies) expect(numbersOf(receiver.received, studyId)).toEqual(upTo(20));
    expect(await world.database.webhookDelivery.count()).toBe(120);
  });

  it('twice, but counted once, if a process dies between sending and recording', async () => {
    await world.webhook(receiver.url);
    let claims = 0;
    const claimed = async (limit: number, seconds: number) => {
      const found = await world.queue.claim(limit, seconds);
      expect(found).not.toHaveLength(0);
      return found;
    };
    world.start(
      { leaseSeconds: 1 },
      {
        claim: async (limit, seconds) => (claims++ === 0 ? await eventually(() => claimed(limit, seconds)) : []),
        record: async () => Promise.reject(new DatabaseUnreachableError('died', {})),
      },
    );
    const studyId = newId();
    await world.write(studyId, 2);
    await eventually(() => expect(receiver.received).toHaveLength(1));
    world.start();
    await delivered(2);
    expect(numbersOf(receiver.received, studyId)).toEqual([0, 0, 1]);
    const [first, again] = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(again).toBe(first);
    const rows = await world.database.webhookDelivery.findMany({ orderBy: { sequence: 'asc' } });
    expect(rows.map(({ attempts, state }) => [attempts, state])).toEqual([
      [2, 'delivered'],
      [1, 'delivered'],
    ]);
  });

  it('after a process stopped in the middle of an attempt, which is not charged', async () => {
    await world.webhook(receiver.url);
    receiver.behave(() => undefined);
    const stopped = world.start({ timeoutMs: 60_000 });
    await world.write(newId(), 1);
    await eventually(() => expect(receiver.received).toHaveLength(1));
    await stopped[Symbol.asyncDispose]();
    expect(await world.database.webhookDelivery.findFirst()).toMatchObject({ state: 'pending', attempts: 0, leaseToken: null });
    receiver.behave(accept);
    world.start();
    await delivered(1);
  });

  it('after a process stopped while its next claim was under way, which takes again what was given back', async () => {
    await world.webhook(receiver.url);
    receiver.behave(() => undefined);
    const givenBack = new AbortController();
    let [claims, isWaiting] = [0, false];
    const stopped = world.start(
      { timeoutMs: 60_000 },
      {
        claim: async (...asked) => {
          isWaiting = claims > 0;
          if (isWaiting && !givenBack.signal.aborted) await once(givenBack.signal, 'abort');
          const claimed = await world.queue.claim(...asked);
          claims += claimed.length;
          return claimed;
        },
        release: async (claimed) => {
          // The second one is slow: a stop that does not wait for it ends before.
          if (givenBack.signal.aborted) await delay(200);
          await world.queue.release(claimed);
          givenBack.abort();
        },
      },
    );
    await world.write(newId(), 1);
    await eventually(() => expect([receiver.received.length, isWaiting]).toEqual([1, true]));
    await stopped[Symbol.asyncDispose]();
    expect(claims).toBe(2);
    expect(await world.database.webhookDelivery.findFirst()).toMatchObject({ state: 'pending', attempts: 0, leaseToken: null });
  });

  it('never to a name that leads into a private network when it is sent to', async () => {
    await world.webhook(`http://receiver.example:${receiver.port}/hook`);
    const addresses = ['127.0.0.1', '169.254.169.254', '10.0.0.1'];
    let lookups = 0;
    world.start({ allowed: [], resolve: async () => [{ address: addresses[lookups++ % 3] ?? '', family: 4 }] });
    await world.write(newId(), 1);
    await eventually(async () => expect((await world.database.webhookDelivery.findFirst())?.attempts ?? 0).toBeGreaterThan(5));
    expect(await world.database.webhookDelivery.findFirst()).toMatchObject({
      state: 'pending',
      status: null,
      error: expect.stringContaining('receiver.example leads into a private network'),
    });
    expect(receiver.received).toHaveLength(0);
  });
});

describe('a webhook that fails', () => {
  it('gets one message at a time', async () => {
    const { id } = await world.webhook(receiver.url);
    receiver.behave((response) => void setTimeout(() => response.writeHead(500).end(), 50));
    world.start({ backOff: { ...quick, firstSeconds: 3600, longestSeconds: 3600 } });
    await world.write(newId(), 1);
    await eventually(async () => expect((await world.store.webhook(id))?.failingSince).toBeInstanceOf(Date));
    for (let study = 0; study < 8; study += 1) await world.write(newId(), 1);
    await eventually(() => expect(receiver.received).toHaveLength(9));
    expect(receiver.mostAtOnce()).toBe(1);
  });

  it('for too long is disabled with an event, and goes on where it stopped once it is enabled', async () => {
    const { id } = await world.webhook(receiver.url);
    receiver.behave((response) => void response.writeHead(500).end());
    world.start({ backOff: { ...quick, patienceSeconds: 0.2 } });
    const studyId = newId();
    await world.write(studyId, 3);
    const disabled = await eventually(async () => {
      const found = await world.store.webhook(id);
      expect(found?.state).toBe('disabled');
      return found;
    });
    expect(disabled).toMatchObject({
      disabledReason: expect.stringContaining('answered with 500'),
      disabledAt: expect.any(Date),
      waiting: 3,
    });
    const events = await world.database.outboxEvent.findMany({ where: { type: 'webhook-disabled' } });
    expect(events).toMatchObject([{ project: 'default', studyId: null, data: { webhookId: id, reason: disabled?.disabledReason } }]);
    await world.write(studyId, 2, 3);
    const accepted = refusing(accept, () => false);
    await world.store.change(id, { state: 'enabled' }, commandLine);
    await eventually(() => expect(numbersOf(accepted, studyId)).toEqual(upTo(5)));
    expect(await world.store.webhook(id)).toMatchObject({ state: 'enabled', disabledReason: null, disabledAt: null });
  });

  it('with 410 is disabled at once', async () => {
    const { id } = await world.webhook(receiver.url);
    receiver.behave((response) => void response.writeHead(410).end());
    world.start();
    await world.write(newId(), 1);
    await eventually(async () => expect((await world.store.webhook(id))?.disabledReason).toContain('410'));
    expect(receiver.received).toHaveLength(1);
  });

  it('and is told to leave out what waits, drops it and gets what comes afterwards', async () => {
    const { id } = await world.webhook(receiver.url);
    receiver.behave((response) => void response.writeHead(500).end());
    world.start();
    const studyId = newId();
    await world.write(studyId, 3);
    await eventually(async () => expect((await world.store.webhook(id))?.waiting).toBe(3));
    await world.store.change(id, { skipTo: 3n }, commandLine);
    const accepted = refusing(accept, () => false);
    await world.write(studyId, 2, 3);
    await eventually(async () => expect(await world.states()).toEqual({ delivered: 2, dropped: 3 }));
    expect(numbersOf(accepted, studyId)).toEqual([3, 4]);
  });
});

describe('a webhook that cannot be taken up', () => {
  it.each([
    ['its row cannot be read', { labels: { team: 7 } }, null],
    ['its deliveries cannot be stored', {}, new Error('refused')],
  ])('because %s is logged with its id, and others get their events', async (_what, broken, fault) => {
    const { id } = await world.webhook('https://receiver.example/');
    await world.webhook(receiver.url);
    const logged: object[] = [];
    const take: DeliveryQueue['take'] = async (webhook, ...more) => {
      if (fault && webhook.id === id) throw fault;
      return world.queue.take(webhook, ...more);
    };
    await world.database.webhook.update({ where: { id }, data: broken });
    world.start({}, { take }, (facts) => void logged.push(facts));
    await world.write(newId(), 3);
    await delivered(3);
    await eventually(() => expect(logged).toEqual([{ webhook: id, err: expect.any(Error) }]));
  });
});

describe('beside a newer release', () => {
  it('a delivery of an unknown kind is left to it, and is in no list; the others are sent', async () => {
    const { id } = await world.webhook(receiver.url);
    const unknown = { id: newId(), webhookId: id, kind: 'digest', messageId: 'msg_1', type: 'digest', orderKey: id, body: '{}' };
    await world.database.webhookDelivery.create({ data: unknown });
    world.start();
    await world.write(newId(), 2);
    await eventually(async () => expect(await world.states()).toEqual({ delivered: 2, pending: 1 }));
    expect(receiver.received.map(sent).map(({ number }) => number)).toEqual([0, 1]);
    expect(await world.database.webhookDelivery.findUnique({ where: { id: unknown.id } })).toMatchObject({ attempts: 0, leaseToken: null });
    const { items } = await world.store.deliveries(id, { limit: 5 });
    expect(items.map(({ kind }) => kind)).toEqual(['event', 'event']);
    expect(await world.store.delivery(id, unknown.id)).toBeNull();
    expect(await world.store.redeliver(id, unknown.id)).toBeNull();
  });

  it('an event of an unknown type is left out; those before and after it are sent', async () => {
    await world.webhook(receiver.url);
    const studyId = newId();
    await world.write(studyId, 1);
    await world.database.$executeRaw`
      INSERT INTO outbox (project, study_id, type, number) VALUES ('default', ${studyId}::uuid, 'trial-admired', 1)`;
    await world.write(studyId, 1, 2);
    world.start();
    await delivered(2);
    expect(numbersOf(receiver.received, studyId)).toEqual([0, 2]);
    expect(await world.database.webhookDelivery.count()).toBe(2);
  });
});

describe('a webhook gets', () => {
  const seen = () => receiver.received.map(sent).map(({ number }) => number);

  it('only the events of its project, types and study', async () => {
    const studyId = newId();
    await world.webhook(receiver.url, { types: ['trial-completed'], studyId });
    world.start();
    await world.database
      .$executeRaw`INSERT INTO outbox (project, study_id, type, number) VALUES ('other', ${studyId}::uuid, 'trial-completed', 100)`;
    await world.database
      .$executeRaw`INSERT INTO outbox (project, study_id, type, number) VALUES ('default', ${studyId}::uuid, 'trial-failed', 200)`;
    await world.write(newId(), 1, 300);
    await world.write(studyId, 1, 7);
    await delivered(1);
    expect(seen()).toEqual([7]);
  });

  it('nothing that happened before it was made', async () => {
    await world.write(newId(), 3);
    await world.webhook(receiver.url);
    world.start();
    await world.write(newId(), 1, 9);
    await delivered(1);
    expect(seen()).toEqual([9]);
  });

  it('a ping once, also while it is disabled', async () => {
    const { id } = await world.webhook(receiver.url);
    await world.store.change(id, { state: 'disabled' }, commandLine);
    receiver.behave((response) => void response.writeHead(500).end('no'));
    world.start().wake();
    await world.store.ping(id, { messageId: 'msg_1', body: '{"type":"ping"}' });
    const found = await eventually(async () => {
      const delivery = (await world.store.deliveries(id, { limit: 1 })).items[0];
      expect(delivery?.state).toBe('failed');
      return delivery;
    });
    expect(found).toMatchObject({ kind: 'ping', attempts: 1, status: 500, excerpt: 'no', nextAttemptAt: null });
    expect(await world.store.webhook(id)).toMatchObject({ state: 'disabled', disabledReason: null });
  });

  it('a delivery again under the same message id', async () => {
    const { id } = await world.webhook(receiver.url);
    world.start();
    await world.write(newId(), 1);
    await delivered(1);
    const [first] = (await world.store.deliveries(id, { limit: 5 })).items;
    const again = await world.store.redeliver(id, first?.id ?? '');
    expect(again).toMatchObject({ kind: 'redelivery', messageId: first?.messageId, sequence: first?.sequence });
    await delivered(2);
    expect(new Set(receiver.received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(1);
  });

  it('signatures of the present secret and, for a while, of the one before', async () => {
    const { id, secret: before } = await world.webhook(receiver.url);
    const present = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    world.start();
    expect((await world.store.rotate(id, present, 24, commandLine))?.previousSecretUntil).toBeInstanceOf(Date);
    await world.write(newId(), 1);
    await delivered(1);
    await world.database.$executeRaw`UPDATE webhook SET previous_secret_until = clock_timestamp()`;
    await world.write(newId(), 1);
    await delivered(2);
    const [both, one] = receiver.received;
    const verify = (secret: string, message: Received | undefined) => () =>
      new Verifier(secret).verify(message?.body ?? '', message?.headers as Record<string, string>);
    for (const secret of [present, before]) expect(verify(secret, both)).not.toThrow();
    expect(verify(present, one)).not.toThrow();
    expect(verify(before, one)).toThrow();
  });
});

it('deliveries are deleted after some days', async () => {
  await world.webhook(receiver.url);
  world.start();
  await world.write(newId(), 2);
  await delivered(2);
  await world.database.$executeRaw`
    UPDATE webhook_delivery SET created_at = clock_timestamp() - interval '3 days'
    WHERE sequence = (SELECT min(sequence) FROM webhook_delivery)`;
  await world.queue.sweep(4);
  expect(await world.database.webhookDelivery.count()).toBe(2);
  await world.queue.sweep(2);
  expect(await world.database.webhookDelivery.count()).toBe(1);
});
