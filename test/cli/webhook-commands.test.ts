import { describe, expect, test } from 'vitest';
import type { DeliveryRepresentation } from '../../src/api/delivery.ts';
import type { NewWebhookRepresentation, WebhookRepresentation } from '../../src/api/webhook.ts';
import { commandLine } from './command-line.ts';
import { inTurn, listed } from './fake-client.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = '01900000-0000-7000-8000-00000000000a';
const webhook: WebhookRepresentation = {
  ...{ id, project: 'default', description: 'board', url: 'https://receiver.example/', types: ['study-ended'], studyId: null },
  ...{ labels: { team: 'vision' }, state: 'enabled', disabledReason: null, disabledAt: null, failingSince: null, lastSuccessAt: null },
  ...{ previousSecretUntil: null, waiting: 2, createdAt: '2026-11-24T12:00:00.000Z', createdBy: null },
};
const made: NewWebhookRepresentation = { ...webhook, secret };
const pending: DeliveryRepresentation = {
  ...{ id: '01900000-0000-7000-8000-00000000000b', webhookId: id, kind: 'ping', messageId: 'msg_1', sequence: null, type: 'ping' },
  ...{ studyId: null, state: 'pending', attempts: 0, createdAt: '2026-11-24T12:00:00.000Z', attemptedAt: null },
  ...{ nextAttemptAt: '2026-11-24T12:00:00.000Z', settledAt: null, status: null, excerpt: null, error: null, durationMs: null },
};

describe('webhook create', () => {
  const createWebhook = async () => made;

  test('prints the secret alone as the result, and what it is of beside it', async () => {
    const args = ['webhook', 'create', webhook.url, '--type', 'study-ended', '--type', 'trial-failed', '--label', 'team=vision'];
    const { code, out, err, calls } = await commandLine(args, { createWebhook });
    expect([code, out]).toEqual([0, `${secret}\n`]);
    expect(err).toContain(`webhook ${id} to https://receiver.example/ (enabled): study-ended of studies with team=vision`);
    expect(calls).toEqual([['createWebhook', { url: webhook.url, types: ['study-ended', 'trial-failed'], labels: { team: 'vision' } }]]);
  });

  test('refuses a type that there is not, and asks no service', async () => {
    expect(await commandLine(['webhook', 'create', webhook.url, '--type', 'trial-exploded'], {})).toMatchObject({ code: 2, calls: [] });
  });
});

describe('webhook list and show', () => {
  test('show where events go, whether they are accepted, and how many wait', async () => {
    const failing = { ...webhook, failingSince: '2026-11-24T12:00:00.000Z' };
    const { out } = await commandLine(['webhook', 'list'], { listWebhooks: () => listed(failing) });
    expect(out).toMatch(/01900000-0000-7000-8000-00000000000a +https:\/\/receiver.example\/ +enabled, failing +2/);
    const shown = await commandLine(['webhook', 'show', id], { getWebhook: async () => failing });
    expect(shown.out).toContain('accepted  never');
    expect(shown.out).toContain('failing   since 2026-11-24T12:00:00.000Z');
  });

  test('say that there are none', async () => {
    expect(await commandLine(['webhook', 'list'], { listWebhooks: () => listed() })).toMatchObject({
      ...{ code: 0, out: '', err: 'There are no webhooks.\n' },
    });
  });
});

describe('webhook change', () => {
  const changeWebhook = async () => webhook;
  const changed = async (...args: string[]) => (await commandLine(['webhook', 'change', id, ...args], { changeWebhook })).calls[0]?.[2];

  test('sends what is named alone', async () => {
    expect(await changed('--enable', '--skip-waiting')).toEqual({ state: 'enabled', skipWaiting: true });
    expect(await changed('--to', 'https://new.example/', '--all-types', '--all-studies')).toEqual({
      ...{ url: 'https://new.example/', types: null, studyId: null, labels: {} },
    });
    expect(await changed('--disable', '--type', 'study-ended')).toEqual({ state: 'disabled', types: ['study-ended'] });
  });

  test.each([[], ['--enable', '--disable'], ['--all-types', '--type', 'study-ended'], ['--all-studies', '--study', id]])(
    'refuses %s %s %s',
    async (...args) => {
      expect(await commandLine(['webhook', 'change', id, ...args], { changeWebhook })).toMatchObject({ code: 2, calls: [] });
    },
  );
});

describe('webhook ping', () => {
  const ping = (last: Partial<DeliveryRepresentation>) =>
    commandLine(['webhook', 'ping', id], {
      pingWebhook: async () => pending,
      getDelivery: inTurn(pending, { ...pending, ...last }),
    });

  test('waits for the answer, and succeeds if the receiver accepted the message', async () => {
    expect(await ping({ state: 'delivered', status: 204, durationMs: 12 })).toMatchObject({ code: 0, out: 'delivered: 204 in 12 ms\n' });
  });

  test('fails with the reason', async () => {
    expect(await ping({ state: 'failed', error: 'the connection was refused' })).toMatchObject({
      ...{ code: 1, out: 'failed: the connection was refused\n' },
    });
  });
});

describe('webhook deliveries, redeliver and rotate', () => {
  test('list the newest of a state', async () => {
    const { out, calls } = await commandLine(['webhook', 'deliveries', id, '--state', 'pending', '--limit', '1'], {
      listDeliveries: () => listed(pending, { ...pending, id: 'another' }),
    });
    expect(calls).toEqual([['listDeliveries', id, { state: 'pending' }]]);
    expect(out).toMatch(/ping +pending +0 +none yet/);
    expect(out).not.toContain('another');
  });

  test('print the id of the new delivery, and the new secret', async () => {
    const again = await commandLine(['webhook', 'redeliver', id, 'one'], { redeliver: async () => ({ ...pending, id: 'two' }) });
    expect([again.out, again.calls]).toEqual(['two\n', [['redeliver', id, 'one']]]);
    expect((await commandLine(['webhook', 'rotate', id], { rotateWebhookSecret: async () => made })).out).toBe(`${secret}\n`);
  });
});

describe('webhook delete', () => {
  test('asks on a terminal, and deletes after a yes', async () => {
    const answers = { getWebhook: async () => webhook, deleteWebhook: async () => undefined };
    const declined = await commandLine(['webhook', 'delete', id], answers, { input: 'n\n', inputTerminal: true });
    expect([declined.code, declined.calls.map(([name]) => name)]).toEqual([1, ['getWebhook']]);
    const deleted = await commandLine(['webhook', 'delete', id, '--yes'], answers);
    expect([deleted.code, deleted.calls.map(([name]) => name)]).toEqual([0, ['getWebhook', 'deleteWebhook']]);
  });
});
