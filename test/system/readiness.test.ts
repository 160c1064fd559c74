import { expect, inject, test } from 'vitest';
import { createTestDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { startProcess } from './service-process.ts';

test('an API whose database refuses connections answers 503 and not ready, lives on, and is ready once the database is back', async () => {
  await using database = await createTestDatabase();
  await using folder = await temporaryFolder();
  await using api = startProcess(['api'], { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path });
  const url = await api.url();
  const readiness = async () => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, body: await response.json() };
  };
  const server = inject('databaseServer');
  const name = new URL(database.url).pathname.slice(1);
  expect(await readiness()).toMatchObject({ status: 200, body: { ready: true, checks: { database: { ok: true } } } });

  await runSql(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await runSql(server, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  await eventually(async () => (await readiness()).status !== 200, { until: 'the API is not ready' });
  expect(await readiness()).toMatchObject({ status: 503, body: { ready: false, checks: { database: { ok: false } } } });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);

  await runSql(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  await eventually(async () => (await readiness()).status === 200, { until: 'the API is ready again' });
  expect(await readiness()).toMatchObject({ body: { ready: true, checks: { database: { ok: true } } } });
  api.signal('SIGTERM');
  expect(await api.exited).toBe(0);
});
