import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { FastifyBaseLogger, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { problemCodes } from '../../src/api/problem.ts';
import type { CampaignReader } from '../../src/campaigns/ports.ts';
import { buildApp } from '../../src/http/app.ts';
import type { StreamLimits } from '../../src/http/event-streams.ts';
import { defaultExposure } from '../../src/http/exposure.ts';
import { isProblemCode, problemKinds } from '../../src/http/problems.ts';
import type { App } from '../../src/http/services.ts';
import { DatabaseUnreachableError } from '../../src/shared/database-unreachable.ts';
import { accessStore } from '../../src/store/access/access-store.ts';
import { readAddress } from '../../src/store/database/address.ts';
import { openDatabase } from '../../src/store/database/database.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { inProcessFronts } from '../../src/studies/fronts/front-job.ts';
import { inProcessPlanner } from '../../src/studies/search/suggest.ts';
import { runSql } from '../store/server.ts';
import { testAsking } from './asking.ts';
import { badRequests } from './bad-requests.ts';
import { externalStudy, geneticStudy, smallCampaign, unknownId } from './definitions.ts';
import { recordingLogger } from './recording-logger.ts';
import { ready, startTestService, type TestService } from './service.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

/** A trial of a new study for workers. */
async function asked(): Promise<{ trials: { id: string; lease: { token: string } }[] }> {
  const { id } = (await service.post('/v1/studies', externalStudy())).json();
  return (await service.post(`/v1/studies/${id}/ask`, { worker: 'test' })).json();
}

async function webhookId(): Promise<string> {
  return (await service.post('/v1/webhooks', { url: 'https://receiver.example/' })).json().id;
}

/** Creates a study in a project. */
async function inProject(project: string, payload: object): Promise<Problem> {
  return (await service.request({ method: 'POST', url: '/v1/studies', headers: { 'clavier-project': project }, payload })).json();
}

interface Problem {
  readonly code: string;
  readonly status: number;
}

/** How each problem comes about that no bad request of the list makes. */
const provocations: Readonly<Record<string, () => Promise<Problem>>> = {
  unauthorized: async () => {
    const app = await appWith({ key: 'secret' });
    const refused = await app.inject('/v1/studies');
    await app.close();
    return refused.json();
  },
  forbidden: async () => {
    await using closed = await startTestService({ key: 'secret' });
    const send = (url: string, key: string, payload: object) =>
      closed.request({ method: 'POST', url, headers: { authorization: `Bearer ${key}` }, payload });
    const reader = (await send('/v1/keys', 'secret', { name: 'reader', scopes: ['read'] })).json();
    return (await send('/v1/studies', reader.secret, geneticStudy())).json();
  },
  'rate-limited': async () => {
    await using busy = await startTestService({ exposure: { ...defaultExposure, requestsPerMinute: 1 } });
    await busy.get('/v1/caller');
    return (await busy.get('/v1/caller')).json();
  },
  'project-not-found': async () => (await service.get('/v1/projects/nobodys')).json(),
  'key-not-found': async () => (await service.get(`/v1/keys/${unknownId}`)).json(),
  'project-exists': async () => (await service.post('/v1/projects', { name: 'default' })).json(),
  'webhook-not-found': async () => (await service.get(`/v1/webhooks/${unknownId}`)).json(),
  'delivery-not-found': async () => (await service.get(`/v1/webhooks/${await webhookId()}/deliveries/${unknownId}`)).json(),
  'webhook-disabled': async () => {
    const webhook = `/v1/webhooks/${await webhookId()}`;
    await service.request({ method: 'PATCH', url: webhook, payload: { state: 'disabled' } });
    return (await service.post(`${webhook}/deliveries/${unknownId}/redeliver`)).json();
  },
  'too-many-webhooks': async () => {
    await using full = await startTestService();
    for (;;) {
      const response = await full.post('/v1/webhooks', { url: 'https://receiver.example/' });
      if (response.statusCode !== 201) return response.json();
    }
  },
  'too-many-deliveries': async () => {
    const ping = `/v1/webhooks/${await webhookId()}/ping`;
    for (;;) {
      const response = await service.post(ping);
      if (response.statusCode !== 202) return response.json();
    }
  },
  'project-in-use': async () => {
    await service.post('/v1/projects', { name: 'used' });
    await inProject('used', geneticStudy());
    return (await service.request({ method: 'DELETE', url: '/v1/projects/used', payload: { confirm: 'used' } })).json();
  },
  'project-erasing': async () => {
    await service.post('/v1/projects', { name: 'old' });
    await service.request({ method: 'DELETE', url: '/v1/projects/old', payload: { confirm: 'old' } });
    return inProject('old', geneticStudy());
  },
  'quota-exceeded': async () => {
    await service.post('/v1/projects', { name: 'small' });
    await service.request({ method: 'PATCH', url: '/v1/projects/small', payload: { quotas: { openStudies: 0 } } });
    return inProject('small', geneticStudy());
  },
  'study-not-ended': async () => {
    const { id } = (await service.post('/v1/studies', geneticStudy())).json();
    return (await service.request({ method: 'DELETE', url: `/v1/studies/${id}` })).json();
  },
  'state-conflict': async () => {
    const { id } = (await service.post('/v1/studies', geneticStudy())).json();
    await service.post(`/v1/studies/${id}/cancel`);
    return (await service.post(`/v1/studies/${id}/pause`)).json();
  },
  'campaign-not-ended': async () => {
    const { id } = (await service.post('/v1/campaigns', smallCampaign())).json();
    return (await service.request({ method: 'DELETE', url: `/v1/campaigns/${id}` })).json();
  },
  'study-in-campaign': async () => {
    const { id, parts } = (await service.post('/v1/campaigns', smallCampaign())).json();
    await service.post(`/v1/campaigns/${id}/cancel`);
    return (await service.request({ method: 'DELETE', url: `/v1/studies/${parts[0].studyId}` })).json();
  },
  'winner-not-known': async () => {
    const { id } = (await service.post('/v1/campaigns', smallCampaign())).json();
    return (await service.get(`/v1/campaigns/${id}/winner`)).json();
  },
  'not-comparable': async () => {
    const [one, other] = ['maximize', 'minimize'].map((direction) =>
      service.post('/v1/studies', geneticStudy({ metrics: [{ name: 'value', direction }] })),
    );
    return (await service.get(`/v1/compare?study=${(await one)?.json().id}&study=${(await other)?.json().id}`)).json();
  },
  'key-reused': async () => {
    const send = (name: string) =>
      service.request({ method: 'POST', url: '/v1/studies', headers: { 'idempotency-key': 'one' }, payload: geneticStudy({ name }) });
    await send('first');
    return (await send('second')).json();
  },
  'precondition-failed': async () => {
    const { id } = (await service.post('/v1/studies', geneticStudy())).json();
    const headers = { 'if-match': '"of another study"' };
    return (await service.request({ method: 'PATCH', url: `/v1/studies/${id}`, headers, payload: { priority: 1 } })).json();
  },
  'not-external': async () => {
    const { id } = (await service.post('/v1/studies', geneticStudy())).json();
    return (await service.post(`/v1/studies/${id}/ask`, { worker: 'test' })).json();
  },
  'stale-token': async () => {
    const [trial] = (await asked()).trials;
    return (await service.post(`/v1/trials/${trial?.id}/release`, { token: unknownId })).json();
  },
  'step-reported': async () => {
    const [trial] = (await asked()).trials;
    const report = (accuracy: number) =>
      service.post(`/v1/trials/${trial?.id}/reports`, { token: trial?.lease.token, reports: [{ step: 1, values: { accuracy } }] });
    await report(0.5);
    return (await report(0.6)).json();
  },
  'internal-error': () => answerOf({ overview: () => Promise.reject(new Error('broken')) }),
  'unreadable-record': () => answerOf({ overview: async () => z.never().parse('of a newer release') }),
  'service-unavailable': () => answerOf({ overview: () => Promise.reject(new DatabaseUnreachableError('gone')) }),
  'exports-busy': async () => {
    const app = await appWith({ reader: { snapshot: () => new Promise(() => undefined) } });
    const exports = [1, 2, 3, 4, 5].map(() => app.inject(`/v1/studies/${unknownId}/export`));
    return (await Promise.race(exports)).json();
  },
  'streams-busy': async () => {
    const app = await appWith({ streamLimits: { most: 0 } });
    return (await app.inject({ url: '/v1/events', headers: { accept: 'text/event-stream' } })).json();
  },
  'too-many-streams': async () => {
    const app = await appWith({ streamLimits: { mostOfOne: 1 } });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const headers = { accept: 'text/event-stream' };
    const open = await fetch(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/v1/events`, { headers }); // it listens on TCP
    const refused = await app.inject({ url: '/v1/events', headers });
    await open.body?.cancel();
    expect(refused.headers['retry-after']).toBe('10');
    return refused.json();
  },
  'malformed-http': async () => problemIn(await exchange(await listening(), 'NONSENSE\r\n\r\n')),
  'host-not-allowed': async () =>
    problemIn(await exchange(await listening(), 'GET /healthz HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n')),
  'cross-site-request': async () =>
    (
      await service.app.inject({ method: 'POST', url: `/v1/studies/${unknownId}/cancel`, headers: { 'sec-fetch-site': 'cross-site' } })
    ).json(),
  'expectation-failed': async () =>
    problemIn(
      await exchange(await listening(), 'GET /healthz HTTP/1.1\r\nhost: localhost\r\nexpect: a miracle\r\nconnection: close\r\n\r\n'),
    ),
  'headers-too-large': async () =>
    problemIn(await exchange(await listening(), `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)),
  'request-timeout': async () => {
    const { server } = service.app;
    // What Node raises once the time is over, on the connection of a request that has begun.
    server.once('connection', (socket) =>
      socket.once('data', () => server.emit('clientError', Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket)),
    );
    return problemIn(await exchange(await listening(), 'GET / HT'));
  },
};

describe('the table of problems', () => {
  it.each(problemCodes)('has %s, which some request gets, and a page that explains it', async (code) => {
    const bad = badRequests.find((candidate) => candidate.code === code);
    const problem = bad ? (await service.request(bad.request)).json() : await provocations[code]?.();
    expect(problem).toMatchObject({ code, status: problemKinds[code].status, type: `/problems/${code}` });
    const page = await service.get(`/problems/${code}`);
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.body).toContain(code);
    expect((await service.get('/problems')).body).toContain(`/problems/${code}`);
  });

  it('has no page for what is no code', async () => {
    expect((await service.get('/problems/none')).json().code).toBe('route-not-found');
  });
});

describe('a fault of the service', () => {
  it('tells nothing of the cause of an internal error, which the log has under the id of the request', async () => {
    const { logger, logged } = recordingLogger();
    const app = await appWith({ reader: { overview: () => Promise.reject(new Error('the secret cause')) }, logger });
    const response = await app.inject(`/v1/studies/${unknownId}`);
    expect(codeOf(response)).toBe('internal-error');
    expect(response.body).not.toContain('secret');
    expect(response.json().instance).toBe(`urn:uuid:${response.headers['x-request-id']}`);
    expect(logged.find(({ level }) => level === 'error')?.text).toContain('the secret cause');
    await app.close();
  });

  it('answers 503 with Retry-After, never 500, when nothing listens where the database should be', async () => {
    const database = openDatabase({ address: readAddress('postgresql://nobody@127.0.0.1:1/none'), connections: 1 });
    const app = await buildApp({
      transactions: databaseTransactions(database),
      access: accessStore(database),
      isLocal: true,
      metrics: { contentType: 'text/plain', text: async () => '' },
      reader: databaseReader(database),
      planner: inProcessPlanner,
      fronts: inProcessFronts,
      asking: testAsking(database, 'postgresql://nobody@127.0.0.1:1/none'),
      feed: service.feed,
      webhooks: service.webhooks,
      runnersFor: async () => ({ alive: 1, able: 1, unable: 0 }),
      readiness: async () => ready,
      version: '1',
      drawSeed: () => 1,
    });
    for (const request of [
      { url: '/v1/studies' },
      { url: `/v1/trials/${unknownId}` },
      { method: 'POST' as const, url: '/v1/studies', payload: geneticStudy() },
    ]) {
      const response = await app.inject(request);
      expect(codeOf(response), response.body).toBe('service-unavailable');
      expect(response.headers['retry-after']).toBe('5');
    }
    await app.close();
    await database[Symbol.asyncDispose]();
  });

  it('answers 503 when the database ends its connections, and works again once it takes new ones', async () => {
    const name = new URL(service.url).pathname.slice(1);
    const admin = new URL(service.url);
    admin.pathname = '/postgres';
    await runSql(admin.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await runSql(admin.href, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    const cut = [await service.get('/v1/studies'), await service.post('/v1/studies', geneticStudy())];
    await runSql(admin.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    for (const response of cut) expect(codeOf(response), response.body).toBe('service-unavailable');
    expect((await service.get('/v1/studies')).statusCode).toBe(200);
  });

  it('answers 503 when the connection of a running transaction is ended, and has stored nothing of it', async () => {
    const { id } = (await service.post('/v1/studies', geneticStudy())).json();
    await using holder = openDatabase({ address: readAddress(service.url), connections: 1 });
    const waiting = await holder.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM study WHERE id = ${id}::uuid FOR UPDATE`;
      const pause = service.post(`/v1/studies/${id}/pause`);
      let ended = 0;
      for (let look = 0; look < 10_000 && ended === 0; look += 1) {
        ended =
          await tx.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      }
      expect(ended).toBe(1);
      return pause;
    });
    expect(codeOf(waiting), waiting.body).toBe('service-unavailable');
    expect((await service.get(`/v1/studies/${id}`)).json().state).toBe('active');
  });
});

describe('on the wire', () => {
  it.each([
    ['hangs up in its body', 'content-length: 200\r\n\r\n{"a":'],
    ['sends a chunk that is none', 'transfer-encoding: chunked\r\n\r\nzz\r\n'],
  ])('a client that %s is not taken for a database that is gone', async (_what, rest) => {
    const { logger, logged, next } = recordingLogger();
    const app = await appWith({ logger });
    await app.listen({ host: '127.0.0.1', port: 0 });
    await app.inject('/v1/caller'); // the service is known to be open: it reads the body of the next request at once
    const socket = connect(portOf(app), '127.0.0.1');
    socket.on('error', () => undefined); // the server may reset it
    // The server must have read the beginning before the connection breaks.
    app.server.once('request', () => socket.destroy());
    socket.write(`POST /v1/studies HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${rest}`);
    await next((entry) => entry.text.includes('could not be read'));
    await app.close();
    expect(logged.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });

  it('a request without Host gets a problem, except in HTTP/1.0, which has no such header', async () => {
    const port = await listening();
    expect(problemIn(await exchange(port, 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n')).code).toBe('malformed-http');
    expect(await exchange(port, 'GET /healthz HTTP/1.0\r\n\r\n')).toContain(' 200 OK');
  });
});

function codeOf(response: LightMyRequestResponse): string {
  const { code, status }: Problem = response.json();
  expect(isProblemCode(code) && problemKinds[code].status).toBe(status);
  return code;
}

function problemIn(answer: string): Problem {
  expect(answer).toContain('content-type: application/problem+json');
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
}

/** An application with a reader that lacks what is overridden. */
function appWith({
  reader = {},
  ...more
}: {
  reader?: Partial<CampaignReader>;
  logger?: FastifyBaseLogger;
  key?: string;
  streamLimits?: Partial<StreamLimits>;
}): Promise<App> {
  return buildApp({
    transactions: databaseTransactions(service.database),
    access: accessStore(service.database),
    isLocal: more.key === undefined,
    metrics: { contentType: 'text/plain', text: async () => '' },
    reader: { ...databaseReader(service.database), ...reader },
    planner: inProcessPlanner,
    fronts: inProcessFronts,
    asking: testAsking(service.database, service.url),
    feed: service.feed,
    webhooks: service.webhooks,
    runnersFor: async () => ({ alive: 1, able: 1, unable: 0 }),
    readiness: async () => ready,
    version: '1',
    drawSeed: () => 1,
    ...more,
  });
}

/** What looking at a study answers with such a reader. */
async function answerOf(reader: Partial<CampaignReader>): Promise<Problem> {
  const app = await appWith({ reader });
  const response = await app.inject(`/v1/studies/${unknownId}`);
  await app.close();
  return response.json();
}

/** Lets the service listen, once. */
async function listening(): Promise<number> {
  if (!service.app.server.listening) await service.app.listen({ host: '127.0.0.1', port: 0 });
  return portOf(service.app);
}

function portOf(app: App): number {
  return (app.server.address() as AddressInfo).port; // it listens on TCP
}

/** Sends text to a port and reads until the other side ends. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}
