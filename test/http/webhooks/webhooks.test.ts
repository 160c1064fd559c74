import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../../src/access/audit.ts';
import { newId } from '../../../src/shared/ids.ts';
import { deliveryQueue } from '../../../src/store/webhooks/delivery-queue.ts';
import { editableWebhook } from '../../../src/webhooks/webhook.ts';
import { eventually } from '../../support/eventually.ts';
import { networks } from '../../webhooks/networks.ts';
import { externalStudy, unknownId } from '../definitions.ts';
import { startTestService, type TestService } from '../service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const url = 'https://receiver.example/hook?token=abc';
const make = async (given: object = {}) => (await service.post('/v1/webhooks', { url, ...given })).json();
const patch = (id: string, payload: object) => service.request({ method: 'PATCH', url: `/v1/webhooks/${id}`, payload });
const remove = (id: string) => service.request({ method: 'DELETE', url: `/v1/webhooks/${id}` });

describe('a webhook', () => {
  it('is made with its defaults, and shows its secret this once', async () => {
    const response = await service.post('/v1/webhooks', { url });
    const { secret, ...webhook } = response.json();
    expect([response.statusCode, response.headers.location]).toEqual([201, `/v1/webhooks/${webhook.id}`]);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhook).toMatchObject({ url, project: 'default', types: null, studyId: null, labels: {}, state: 'enabled', waiting: 0 });
    expect((await service.get(`/v1/webhooks/${webhook.id}`)).json()).toEqual(webhook);
    expect((await service.get('/v1/webhooks')).json().items).toContainEqual(webhook);
    await remove(webhook.id);
  });

  it('is changed, disabled, enabled, and keeps what is not named', async () => {
    const { id } = await make({ types: ['study-ended'], labels: { team: 'vision' } });
    expect((await patch(id, { description: 'board', types: null })).json()).toMatchObject({
      ...{ description: 'board', types: null, labels: { team: 'vision' }, state: 'enabled' },
    });
    expect((await patch(id, { state: 'disabled' })).json()).toMatchObject({
      state: 'disabled',
      disabledReason: null,
      disabledAt: expect.any(String),
    });
    expect((await patch(id, { state: 'enabled' })).json()).toMatchObject({ state: 'enabled', disabledAt: null });
    const before = await service.checksum();
    expect((await patch(id, {})).statusCode).toBe(200);
    expect(await service.checksum()).toBe(before);
    await remove(id);
    expect((await service.get(`/v1/webhooks/${id}`)).json().code).toBe('webhook-not-found');
  });

  it('is changed under If-Match only as it was read', async () => {
    const { id } = await make();
    const address = { method: 'PATCH', url: `/v1/webhooks/${id}` } as const;
    const under = (tag: unknown, description: string) =>
      service.request({ ...address, payload: { description }, headers: { 'if-match': String(tag) } });
    const { etag } = (await service.get(address.url)).headers;
    const first = await under(etag, 'first');
    expect([first.statusCode, first.json().description]).toEqual([200, 'first']);
    const before = await service.checksum();
    expect((await under(etag, 'second')).json()).toMatchObject({ status: 412, code: 'precondition-failed' });
    expect(await service.checksum()).toBe(before);
    expect((await under(`"x", ${first.headers.etag}`, 'third')).statusCode).toBe(200);
    expect((await under('*', 'fourth')).statusCode).toBe(200);
    const found = await service.webhooks.store.webhook(id);
    await patch(id, { description: 'fifth' });
    expect(await service.webhooks.store.change(id, { description: 'sixth' }, commandLine, found && editableWebhook(found))).toBe('changed');
    expect((await service.get(address.url)).json().description).toBe('fifth');
    await remove(id);
  });

  it('is changed under the ETag of a read after deliveries and a rotation, which a read under If-None-Match shows', async () => {
    const made = await service.post('/v1/webhooks', { url: 'https://receiver.example/' });
    const address = `/v1/webhooks/${made.json().id}`;
    const change = (tag: unknown, description: string) =>
      service.request({ method: 'PATCH', url: address, payload: { description }, headers: { 'if-match': String(tag) } });
    const { etag } = (await service.get(address)).headers;
    const known = { url: address, headers: { 'if-none-match': String(etag) } };
    expect((await service.request(known)).statusCode).toBe(304);
    const data = { failingSince: new Date(), lastSuccessAt: new Date() };
    await service.database.webhook.update({ where: { id: made.json().id }, data });
    await service.post(`${address}/ping`);
    await service.post(`${address}/rotate-secret`);
    const seen = await service.request(known);
    expect([seen.statusCode, seen.json().waiting]).toEqual([200, 1]);
    expect((await change(etag, 'under the older ETag')).statusCode).toBe(200);
    expect((await change(seen.headers.etag, 'lost')).statusCode).toBe(412);
    await service.request({ method: 'PATCH', url: address, payload: { description: '' } });
    expect((await change(made.headers.etag, 'under the ETag of the 201')).statusCode).toBe(200);
    await remove(made.json().id);
  });

  it('gets a new secret, and the one before signs beside it for a day', async () => {
    const { id, secret } = await make();
    const rotated = (await service.post(`/v1/webhooks/${id}/rotate-secret`)).json();
    expect(rotated.secret).not.toBe(secret);
    const left = Date.parse(rotated.previousSecretUntil) - Date.now();
    expect([left > 23.9 * 3_600_000, left < 24.1 * 3_600_000]).toEqual([true, true]);
    expect((await service.get(`/v1/webhooks/${id}`)).body).not.toContain('whsec_');
    await remove(id);
  });

  it('is of a study of the project, if it is of one', async () => {
    const study = (await service.post('/v1/studies', externalStudy())).json().id;
    const { id, studyId } = await make({ studyId: study });
    expect(studyId).toBe(study);
    await remove(id);
  });

  it.each([
    ['an address of this machine', { url: 'http://127.0.0.1:1/' }, '/url'],
    ['an address of a metadata service', { url: 'http://169.254.169.254/' }, '/url'],
    ['an address with a password', { url: 'https://user:secret@receiver.example/' }, '/url'],
    ['an address that is none', { url: 'receiver.example' }, '/url'],
    ['a type that there is not', { url, types: ['trial-exploded'] }, '/types/0'],
    ['no types', { url, types: [] }, '/types'],
    ['an unknown member', { url, secret: 'mine' }, '/secret'],
  ])('is refused with %s, and nothing is stored', async (_what, body, pointer) => {
    const before = await service.checksum();
    const response = await service.post('/v1/webhooks', body);
    expect([response.statusCode, response.json().code]).toEqual([422, 'invalid-request']);
    expect(response.json().errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect(response.body).not.toContain('user:secret');
    expect(await service.checksum()).toBe(before);
  });

  it('may be sent into networks that the operator allows', async () => {
    const allowed = networks('10.0.0.0/8');
    await using other = await startTestService({ webhooks: { ...service.webhooks, allowed } });
    const status = async (host: string) => (await other.post('/v1/webhooks', { url: `http://${host}/` })).statusCode;
    expect([await status('10.1.2.3'), await status('192.168.0.1')]).toEqual([201, 422]);
  });
});

describe('deliveries', () => {
  it('of a ping and its repetition are listed, newest first, with cursors', async () => {
    const { id } = await make();
    const ping = (await service.post(`/v1/webhooks/${id}/ping`)).json();
    expect(ping).toMatchObject({ webhookId: id, kind: 'ping', type: 'ping', state: 'pending', attempts: 0, sequence: null });
    const again = (await service.post(`/v1/webhooks/${id}/deliveries/${ping.id}/redeliver`)).json();
    expect(again.messageId).toBe(ping.messageId);
    const first = (await service.get(`/v1/webhooks/${id}/deliveries?limit=1&state=pending`)).json();
    expect(first.items.map((one: { id: string }) => one.id)).toEqual([again.id]);
    const next = (await service.get(`/v1/webhooks/${id}/deliveries?limit=1&state=pending&cursor=${first.nextCursor}`)).json();
    expect(next.items.map((one: { id: string }) => one.id)).toEqual([ping.id]);
    expect((await service.get(`/v1/webhooks/${id}/deliveries?state=delivered`)).json().items).toEqual([]);
    expect((await service.get(`/v1/webhooks/${id}/deliveries/${ping.id}`)).json()).toEqual(ping);
    await remove(id);
    for (const path of ['', '/deliveries', `/deliveries/${ping.id}`])
      expect((await service.get(`/v1/webhooks/${id}${path}`)).json().code).toBe('webhook-not-found');
    expect((await remove(id)).json().code).toBe('webhook-not-found');
  });

  it('that are asked for, by one request after another or at once, are refused while 100 of them wait, and those of others are not', async () => {
    const [one, other] = [await make(), await make()];
    const ping = async (id: string) => (await service.post(`/v1/webhooks/${id}/ping`)).json();
    const first = await ping(one.id);
    const again = `/v1/webhooks/${one.id}/deliveries/${first.id}/redeliver`;
    const answers = await Promise.all(
      Array.from({ length: 110 }, async (_, count) => (count % 2 === 0 ? ping(one.id) : (await service.post(again)).json())),
    );
    expect(answers.filter(({ code }) => code === 'too-many-deliveries')).toHaveLength(11);
    expect(await service.database.webhookDelivery.count({ where: { webhookId: one.id } })).toBe(100);
    expect((await ping(other.id)).state).toBe('pending');
    const settle = { where: { id: first.id }, data: { state: 'delivered' } };
    await service.database.webhookDelivery.update(settle);
    expect((await service.post(again)).statusCode).toBe(202);
    expect((await service.post(again)).json().code).toBe('too-many-deliveries');
    await Promise.all([remove(one.id), remove(other.id)]);
  });

  it('of another webhook are not found', async () => {
    const [one, other] = [await make(), await make()];
    const ping = (await service.post(`/v1/webhooks/${one.id}/ping`)).json();
    for (const id of [ping.id, newId()]) {
      expect((await service.get(`/v1/webhooks/${other.id}/deliveries/${id}`)).json().code).toBe('delivery-not-found');
      expect((await service.post(`/v1/webhooks/${other.id}/deliveries/${id}/redeliver`)).json().code).toBe('delivery-not-found');
    }
    expect((await service.post(`/v1/webhooks/${unknownId}/ping`)).json().code).toBe('webhook-not-found');
    await Promise.all([remove(one.id), remove(other.id)]);
  });
});

it('that the service disabled is heard in the events of its project', async () => {
  const { id } = await make();
  await service.database.$executeRaw`INSERT INTO outbox (project, type) VALUES ('default', 'campaign-ended')`;
  const queue = deliveryQueue(service.database);
  const message = { messageId: 'msg_1', sequence: 1n, type: 'campaign-ended', studyId: null, orderKey: id, body: '{}' };
  const [subscription] = (await queue.subscriptions()).readable.filter((one) => one.id === id);
  expect(await queue.take({ id, position: subscription?.position ?? -1n }, 1n, [message])).toBe(true);
  const [claimed] = await queue.claim(9, 60);
  const answer = { status: 410, excerpt: '', error: 'answered with 410', durationMs: 1 };
  const verdict = { kind: 'disable' as const, reason: 'the receiver answered with 410' };
  expect(await queue.record(claimed ?? expect.fail('nothing is due'), { ...answer, verdict })).toBe(true);
  expect((await service.get(`/v1/webhooks/${id}`)).json()).toMatchObject({ state: 'disabled', disabledReason: verdict.reason, waiting: 1 });
  await eventually(async () => {
    const { items } = (await service.get('/v1/events?type=webhook-disabled')).json();
    expect(items).toMatchObject([{ type: 'webhook-disabled', studyId: null, data: { webhookId: id, reason: verdict.reason } }]);
  });
});
