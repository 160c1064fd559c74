import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../src/shared/telemetry.ts';
import { createTestDatabase, type TestDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { externalStudy, unknownId } from './definitions.ts';
import { type Block, EventReader } from './event-reader.ts';
import { startTestService, type TestService } from './service.ts';
import { workerClient } from './worker-client.ts';

const quick = { heartbeatMs: 200, stallMs: 1000 };

/** A service that listens. */
async function listening(
  overrides: Parameters<typeof startTestService>[0] = {},
  given?: TestDatabase,
): Promise<TestService & { base: string }> {
  const service = await startTestService({ streamLimits: quick, ...overrides }, given);
  await service.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = service.app.server.address() as AddressInfo; // it listens on a port
  return { ...service, base: `http://127.0.0.1:${port}` };
}

let service: TestService & { base: string };
beforeAll(async () => {
  service = await listening();
});
afterAll(() => service[Symbol.asyncDispose]());

const { create, one, complete } = workerClient(() => service);
const streamOf = (study: string, headers = {}, query = '') =>
  EventReader.open(`${service.base}/v1/studies/${study}/events${query}`, headers);
const round = async (study: string) => complete(await one(study), 0.5);
const projectsOf = (events: readonly Block[]) => [...new Set(events.map(({ data }) => data?.['project']))];
const sequencesOf = ({ events }: EventReader) => events.map(({ id }) => Number(id));

describe('a stream of a study', () => {
  it('has every event of the study from its opening on, each as a page has it', async () => {
    const [study, other] = [await create(), await create()];
    await round(study);
    using reader = await streamOf(study);
    expect(
      Object.fromEntries(['content-type', 'cache-control', 'content-encoding', 'vary'].map((name) => [name, reader.headers.get(name)])),
    ).toEqual({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'content-encoding': null,
      vary: 'accept',
    });
    await expect.poll(() => reader.blocks.length, { timeout: 20_000 }).toBeGreaterThan(0);
    await round(other);
    await round(study);
    const events = await reader.until(3);
    const [{ id: from = '' } = {}] = reader.blocks;
    const page = (await service.get(`/v1/events?study=${study}&after=${from}`)).json().items;
    expect(events.map(({ data }) => data)).toEqual(page.slice(0, events.length));
    expect(events.map(({ id, event }) => [id, event])).toEqual(events.map(({ data }) => [String(data?.['sequence']), data?.['type']]));
    expect(reader.blocks[0]?.retry).toMatch(/^\d+$/);
  });

  it('goes on after Last-Event-ID, as often as the client connects again', async () => {
    const study = await create();
    const all: number[] = [];
    let last = '0';
    for (let turn = 0; turn < 4; turn += 1) {
      using reader = await streamOf(study, { 'last-event-id': last });
      await round(study);
      await reader.until(2);
      all.push(...sequencesOf(reader));
      last = reader.lastId;
    }
    using rest = await streamOf(study, {}, `?after=${last}`);
    await round(study);
    await rest.until(2);
    // More may follow while the page is read.
    const heard = [...all, ...sequencesOf(rest)];
    const page: { sequence: number }[] = (await service.get(`/v1/events?study=${study}&limit=200`)).json().items;
    expect(heard).toEqual(page.map(({ sequence }) => sequence).slice(0, heard.length));
  });

  it('says that it lives while nothing happens, with the place to go on from', async () => {
    const study = await create();
    using reader = await streamOf(study);
    await round(await create());
    await expect.poll(() => reader.blocks.filter(({ comment }) => comment === 'quiet').length, { timeout: 20_000 }).toBeGreaterThan(2);
    expect(reader.events.filter(({ event }) => event?.startsWith('trial-'))).toEqual([]);
    const position = (await service.get('/v1/events?limit=1')).json().items[0].sequence;
    expect(Number(reader.lastId)).toBeGreaterThan(position);
  });

  it('ends with the study', async () => {
    const study = await create();
    using reader = await streamOf(study, {}, '?after=0');
    await service.post(`/v1/studies/${study}/cancel`);
    await service.request({ method: 'DELETE', url: `/v1/studies/${study}` });
    expect(await reader.ended).toBe(true);
    expect(reader.events.at(-1)?.event).toBe('study-deleted');
    expect((await streamOf(study)).status).toBe(404);
  });

  it('refuses what is for pages, and a place that is none', async () => {
    const study = await create();
    expect((await streamOf(study, {}, '?cursor=x')).status).toBe(422);
    expect((await streamOf(study, { 'last-event-id': 'x' })).status).toBe(422);
    expect((await service.get(`/v1/studies/${study}/events?after=1`)).json().errors).toMatchObject([{ parameter: 'after' }]);
  });
});

describe('a place that is not kept', () => {
  it.each([
    [
      'is too old',
      async () => {
        await runSql(service.url, "INSERT INTO outbox (project, type) SELECT 'gone', 'campaign-created' FROM generate_series(1, 3)");
        const { rows } = await runSql(service.url, 'SELECT max(sequence) AS last FROM outbox');
        await runSql(service.url, 'UPDATE event_horizon SET deleted_through = (SELECT max(sequence) FROM outbox)');
        await runSql(service.url, 'DELETE FROM outbox');
        return Number(rows[0]?.last) - 2;
      },
    ],
    ['is of another database', async () => 999_999_999],
  ])('is answered with an event `gap` when it %s, and the stream goes on', async (_what, makePlace) => {
    const study = await create();
    const place = await makePlace();
    await round(study);
    using reader = await streamOf(study, { 'last-event-id': String(place) });
    await round(study);
    await expect.poll(() => reader.events.map(({ event }) => event), { timeout: 20_000 }).toContain('trial-completed');
    expect(reader.events[0]).toMatchObject({ event: 'gap', data: { after: place } });
  });
});

describe('a key with as many streams as it may have', () => {
  it('is refused another one until one of them has ended, and others are not', async () => {
    await using own = await listening({ key: 'secret', streamLimits: { ...quick, mostOfOne: 2 } });
    const keyOf = async (name: string) => {
      const headers = { authorization: 'Bearer secret' };
      const made = await own.request({ method: 'POST', url: '/v1/keys', headers, payload: { name, scopes: ['read'] } });
      return { authorization: `Bearer ${made.json().secret}` };
    };
    const [key, other] = [await keyOf('one'), await keyOf('other')];
    const open = (headers: Readonly<Record<string, string>>) => EventReader.open(`${own.base}/v1/events`, headers);
    const first = await open(key);
    using second = await open(key);
    const refused = await open(key);
    expect([second.status, refused.status, refused.headers.get('retry-after')]).toEqual([200, 429, '10']);
    using others = await open(other);
    expect(others.status).toBe(200);
    first[Symbol.dispose]();
    await expect
      .poll(
        async () => {
          using again = await open(key);
          return again.status;
        },
        { timeout: 20_000 },
      )
      .toBe(200);
  });
});

describe('a reader that takes nothing', () => {
  it('is cut off when more is ready than the connection holds, and others get all of it', async () => {
    const how: string[] = [];
    // Streams of other tests may still be closing.
    const unhear = listen('eventStream', (what) => void how.push(what));
    const { host } = new URL(service.base);
    const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET /v1/events?type=campaign-created HTTP/1.1\r\nhost: ${host}\r\naccept: text/event-stream\r\n\r\n`);
    socket.pause();
    await expect.poll(() => how).toContain('opened');
    using reader = await EventReader.open(`${service.base}/v1/events?type=campaign-created`);
    await expect.poll(() => reader.blocks.length, { timeout: 20_000 }).toBeGreaterThan(0);
    const large = `jsonb_build_object('state', repeat('x', 20000))`;
    for (let batch = 0; batch < 10; batch += 1)
      await runSql(
        service.url,
        `INSERT INTO outbox (project, type, number, data) SELECT 'default', 'campaign-created', n, ${large} FROM generate_series(1, 60) AS n`,
      );
    const events = await reader.until(600);
    expect(events.map(({ data }) => data?.['number'])).toEqual(Array.from({ length: 600 }, (_, index) => (index % 60) + 1));
    await expect.poll(() => how, { timeout: 20_000 }).toContain('dropped');
    unhear();
    socket.destroy();
  });
});

describe('a key', () => {
  it('hears its project alone, names no other, and ends its stream when it is revoked', async () => {
    const operator = 'operators-own';
    await using guarded = await listening({ key: operator });
    const post = async (url: string, payload: object, key = operator) =>
      (await guarded.request({ method: 'POST', url, headers: { authorization: `Bearer ${key}` }, payload })).json();
    for (const name of ['own', 'other']) await post('/v1/projects', { name });
    const [own, other] = [
      await post('/v1/keys', { name: 'own', scopes: ['write'], project: 'own' }),
      await post('/v1/keys', { name: 'other', scopes: ['write'], project: 'other' }),
    ];
    const open = (query: string, key: string) => EventReader.open(`${guarded.base}/v1/events${query}`, { authorization: `Bearer ${key}` });
    using reader = await open('', own.secret);
    using everything = await open('?project=*', operator);
    await expect.poll(() => Math.min(reader.blocks.length, everything.blocks.length)).toBeGreaterThan(0);
    await post('/v1/studies', externalStudy(), other.secret);
    await post('/v1/studies', externalStudy(), own.secret);
    expect(projectsOf(await reader.until(2))).toEqual(['own']);
    expect(projectsOf(await everything.until(4))).toEqual(['other', 'own']);
    for (const project of ['other', '*']) expect((await open(`?project=${project}`, own.secret)).status).toBe(403);
    await post(`/v1/keys/${own.id}/revoke`, {});
    expect(await reader.ended).toBe(true);
  });
});

describe('a stop of the service', () => {
  it('ends its streams whole, says when to come back, and the next service goes on without loss', async () => {
    await using database = await createTestDatabase();
    const kept = { url: database.url, [Symbol.asyncDispose]: async () => undefined };
    const first = await listening({}, kept);
    const study = (await first.post('/v1/studies', externalStudy())).json().id;
    using before = await EventReader.open(`${first.base}/v1/events?after=0`);
    await before.until(2);
    await first[Symbol.asyncDispose]();
    expect(await before.ended).toBe(true);
    expect(before.blocks.at(-1)).toMatchObject({ comment: 'the service stops', retry: expect.stringMatching(/^\d+$/) });
    await using second = await listening({}, kept);
    await second.post(`/v1/studies/${study}/pause`);
    using after = await EventReader.open(`${second.base}/v1/events`, { 'last-event-id': before.lastId });
    await second.post(`/v1/studies/${study}/resume`);
    const heard = [...before.events, ...(await after.until(2))].map(({ event }) => event);
    expect(heard).toEqual(['study-created', 'checkpoint-written', 'study-paused', 'study-resumed']);
  });

  it.each([0, 3, 10, 30, 100])('does not wait for a client that takes nothing, of a request that came %i ms before', async (ms) => {
    const own = await listening();
    const { host } = new URL(own.base);
    const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET /v1/events?after=0 HTTP/1.1\r\nhost: ${host}\r\naccept: text/event-stream\r\n\r\n`);
    socket.pause();
    await delay(ms);
    await own[Symbol.asyncDispose]();
    expect(own.app.server.listening).toBe(false);
    socket.destroy();
  });
});

it('a stream of a study that there is not is no stream', async () => {
  expect((await streamOf(unknownId)).status).toBe(404);
});
