import type { FastifyBaseLogger, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { EventFeed } from '../../src/events/ports.ts';
import { buildApp } from '../../src/http/app.ts';
import { openApiDocument } from '../../src/http/openapi.ts';
import type { App, Services } from '../../src/http/services.ts';
import { openMetrics } from '../../src/metrics/metrics.ts';
import type { Capability } from '../../src/objectives/contract.ts';
import { accessStore } from '../../src/store/access/access-store.ts';
import { readAddress } from '../../src/store/database/address.ts';
import { type Database, openDatabase, openDirectDatabase } from '../../src/store/database/database.ts';
import { readReadings } from '../../src/store/operations/readings.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { runnersFor } from '../../src/store/runners/ability.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { webhookStore } from '../../src/store/webhooks/webhook-store.ts';
import { inProcessFronts } from '../../src/studies/fronts/front-job.ts';
import { inProcessPlanner } from '../../src/studies/search/suggest.ts';
import { createTestDatabase, type TestDatabase } from '../store/database.ts';
import { testFeed } from '../store/events/feed.ts';
import { runSql } from '../store/server.ts';
import { testAsking } from './asking.ts';
import { type Contract, contractOf } from './contract.ts';

/** The API on a database of its own; every answer is held against the OpenAPI document. */
export interface TestService extends AsyncDisposable {
  readonly app: App;
  readonly database: Database;
  readonly url: string;
  readonly feed: EventFeed;
  readonly webhooks: Services['webhooks'];
  request(options: InjectOptions & { url: string }): Promise<LightMyRequestResponse>;
  get(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  post(url: string, body?: object): Promise<LightMyRequestResponse>;
  /** Digest over every row of every table. */
  checksum(): Promise<string>;
}

export const ready = {
  ready: true,
  checks: { database: { ok: true, detail: 'answers' }, migrations: { ok: true, detail: 'all applied' }, runners: { live: 0 } },
};

/** The document is that of the routes, which are the same in every service: it is made once in each process of tests. */
let contract: Promise<Contract> | undefined;

/**
 * @param overrides ports that a test replaces, and a logger
 * @param given the database that it works on, and drops in the end; absent: one of its own
 */
export async function startTestService(
  overrides: Partial<Services & { readonly logger: FastifyBaseLogger }> = {},
  given?: TestDatabase,
): Promise<TestService> {
  const test = given ?? (await createTestDatabase());
  const database = openDatabase({ address: readAddress(test.url), connections: 4 });
  const direct = openDirectDatabase({ address: readAddress(test.url), connections: 2 });
  const asking = testAsking(database, test.url);
  const metrics = openMetrics({ read: () => readReadings(database, 60), pools: () => [] }, '1.2.3');
  const feed = testFeed(direct);
  const webhooks = { store: webhookStore(database), allowed: [], wake: () => undefined };
  const services = {
    feed,
    webhooks,
    transactions: databaseTransactions(database),
    access: accessStore(database),
    isLocal: overrides.key === undefined,
    metrics,
    reader: databaseReader(database, direct),
    planner: inProcessPlanner,
    fronts: inProcessFronts,
    asking,
    runnersFor: async (objective: Capability) => runnersFor(database, objective, 60),
    readiness: async () => ready,
    version: '1.2.3',
    drawSeed: () => 42,
    ...overrides,
  };
  const app = await buildApp(services);
  await app.ready();
  contract ??= openApiDocument(app).then(contractOf);
  const { check } = await contract;
  const request: TestService['request'] = async (options) => {
    const response = await app.inject(options);
    check(options.method ?? 'GET', options.url, response);
    return response;
  };
  return {
    app,
    database,
    url: test.url,
    feed,
    webhooks,
    request,
    get: (url, headers = {}) => request({ url, headers }),
    post: (url, body) => request({ method: 'POST', url, ...(body && { payload: body }) }),
    checksum: () => checksum(test.url),
    async [Symbol.asyncDispose]() {
      await app.close();
      metrics[Symbol.dispose]();
      await feed[Symbol.asyncDispose]();
      await asking[Symbol.asyncDispose]();
      await direct[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
}

async function checksum(url: string): Promise<string> {
  const { rows } = await runSql(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
  // A service notes the uses of keys once a minute.
  const parts = rows.map(
    ({ tablename }) =>
      `SELECT '${tablename}' || coalesce(md5(string_agg(row, '|' ORDER BY row)), 'empty') AS part
       FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS row FROM "${tablename}" t) AS rows`,
  );
  return (await runSql(url, parts.join(' UNION ALL '))).rows.map(({ part }) => part).join(' ');
}
