import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApp } from '../../src/http/app.ts';
import { openApiDocument } from '../../src/http/openapi.ts';
import { newId } from '../../src/shared/ids.ts';
import { accessStore } from '../../src/store/access/access-store.ts';
import { readAddress } from '../../src/store/database/address.ts';
import { openDatabase, openDirectDatabase } from '../../src/store/database/database.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { webhookStore } from '../../src/store/webhooks/webhook-store.ts';
import { inProcessFronts } from '../../src/studies/fronts/front-job.ts';
import { inProcessPlanner } from '../../src/studies/search/suggest.ts';
import { testFeed } from '../store/events/feed.ts';
import { testAsking } from './asking.ts';
import { geneticStudy, smallCampaign, unknownId } from './definitions.ts';
import { ready, startTestService, type TestService } from './service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

/** Operations that answer without the database. */
const withoutDatabase = /^get \/($|healthz|readyz|openapi\.json|docs|problems|v1\/presets)/;

const token = newId();
/** Requests of workers. */
const workerRequests: readonly (readonly [string, object])[] = [
  ['/v1/studies/{studyId}/ask', { worker: 'test' }],
  ['/v1/ask', { worker: 'test' }],
  ['/v1/trials/{trialId}/heartbeat', { token }],
  ['/v1/trials/{trialId}/reports', { token, reports: [{ step: 1, values: { value: 1 } }] }],
  ['/v1/trials/{trialId}/complete', { token, values: { value: 1 } }],
  ['/v1/trials/{trialId}/fail', { token, error: 'broken' }],
  ['/v1/trials/{trialId}/release', { token }],
];

/** A body that is right, for each operation that needs one. */
const bodies = async (): Promise<Readonly<Record<string, object>>> => {
  const { id } = (await service.post('/v1/studies', geneticStudy())).json();
  const campaign = (await service.post('/v1/campaigns', smallCampaign())).json().id;
  return {
    'post /v1/studies': geneticStudy(),
    'post /v1/campaigns': smallCampaign(),
    'post /v1/studies/{studyId}/fork': { generation: 0 },
    'post /v1/studies/{studyId}/extend': { budget: { generations: 9 } },
    'patch /v1/studies/{studyId}': { priority: 1 },
    'post /v1/studies/{studyId}/trials': { trials: [{ parameters: { learningRate: 0.001, hiddenUnits: 3 } }] },
    'post /v1/campaigns/import': { document: (await service.get(`/v1/campaigns/${campaign}/export`)).json() },
    'post /v1/keys': { name: 'test', scopes: ['read'] },
    'post /v1/projects': { name: 'test' },
    'post /v1/webhooks': { url: 'https://receiver.example/' },
    'patch /v1/projects/{project}': { weight: 2 },
    'delete /v1/projects/{project}': { confirm: unknownId },
    ...Object.fromEntries(workerRequests.map(([path, body]) => [`post ${path}`, body])),
    'post /v1/studies/import': { document: (await service.get(`/v1/studies/${id}/export`)).json() },
  };
};

/** Every operation of the API that needs the database, with a request that is right. */
async function requests(): Promise<InjectOptions[]> {
  const { paths } = (await openApiDocument(service.app)) as { paths: Record<string, Record<string, unknown>> }; // ours, validated by its own test
  const right = await bodies();
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .filter((method) => !withoutDatabase.test(`${method} ${path}`))
      .map((method): InjectOptions => {
        const payload = right[`${method} ${path}`];
        const query = path.startsWith('/v1/compare') ? `?study=${unknownId}&study=${newId()}` : '';
        const url = path.replaceAll(/\{\w+\}/g, unknownId) + query;
        return { method: method as 'GET', url, ...(payload && { payload }) }; // a method of the document
      }),
  );
}

/** A server that refuses every connection as PostgreSQL does while it starts or shuts down. */
async function refusingServer(code: string, message: string): Promise<AsyncDisposable & { readonly url: string }> {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const header = Buffer.from([0x45, 0, 0, 0, fields.length + 4]); // `E`, and its length as a 32-bit integer
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([header, fields])));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `postgresql://nobody@127.0.0.1:${port}/none`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

it.each([
  ['starts up', '57P03', 'the database system is starting up'],
  ['shuts down', '57P01', 'terminating connection due to administrator command'],
  ['recovers from a crash', '57P02', 'terminating connection because of crash of another server process'],
])('every operation answers 503 with Retry-After while PostgreSQL %s', async (_what, code, message) => {
  await using server = await refusingServer(code, message);
  await using database = openDatabase({ address: readAddress(server.url), connections: 2 });
  await using direct = openDirectDatabase({ address: readAddress(server.url), connections: 2 });
  const app = await buildApp({
    transactions: databaseTransactions(database),
    access: accessStore(database),
    isLocal: true,
    metrics: { contentType: 'text/plain', text: async () => '' },
    reader: databaseReader(database),
    planner: inProcessPlanner,
    fronts: inProcessFronts,
    asking: testAsking(database, server.url),
    feed: testFeed(direct),
    webhooks: { store: webhookStore(database), allowed: [], wake: () => undefined },
    runnersFor: async () => ({ alive: 1, able: 1, unable: 0 }),
    readiness: async () => ready,
    version: '1',
    drawSeed: () => 1,
  });
  const asked = await requests();
  expect(asked.length).toBeGreaterThan(20);
  for (const request of asked) {
    const response = await app.inject(request);
    const where = `${request.method} ${request.url}`;
    expect([where, response.statusCode, response.headers['retry-after']], response.body).toEqual([where, 503, '5']);
    expect(response.json()).toMatchObject({ code: 'service-unavailable' });
  }
  await app.close();
});
