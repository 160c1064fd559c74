import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tell } from '../../../src/shared/telemetry.ts';
import { readAddress } from '../../../src/store/database/address.ts';
import { openDirectDatabase } from '../../../src/store/database/database.ts';
import type { DirectDatabase } from '../../../src/store/database/direct.ts';
import { eventWakes } from '../../../src/store/events/wakes.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { runSql } from '../server.ts';

let test: TestDatabase;
let database: DirectDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  database = openDirectDatabase({ address: readAddress(test.url), connections: 2 });
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

const patient = { timeout: 20_000 };
const sessions = async () =>
  (await runSql(test.url, "SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN clavier_events' AND datname = current_database()")).rows;

it('wakes after commits of other processes, over one session however many listen, which closes with the last', async () => {
  await using wakes = eventWakes(database, readAddress(test.url));
  const woken = new Set<string>();
  const ends = ['one', 'other'].map((name) => wakes.wakes(() => void woken.add(name)));
  await expect.poll(async () => (await sessions()).length, patient).toBe(1);
  await runSql(test.url, "SELECT pg_notify('clavier_events', 'another process')");
  await expect.poll(() => [...woken], patient).toEqual(['one', 'other']);
  for (const end of ends) end();
  await expect.poll(async () => (await sessions()).length, patient).toBe(0);
});

it('opens the session again when it is lost', async () => {
  await using wakes = eventWakes(database, readAddress(test.url));
  wakes.wakes(() => undefined);
  await expect.poll(async () => (await sessions()).length, patient).toBe(1);
  const [first] = await sessions();
  await runSql(test.url, `SELECT pg_terminate_backend(${first?.pid})`);
  await expect.poll(async () => (await sessions()).filter(({ pid }) => pid !== first?.pid).length, patient).toBe(1);
});

it('wakes at once after a commit here, and tells other processes once of many', async () => {
  const client = new pg.Client({ connectionString: test.url });
  await client.connect();
  const told: (string | undefined)[] = [];
  client.on('notification', ({ payload }) => void told.push(payload));
  await client.query('LISTEN clavier_events');
  let woken = 0;
  const wakes = eventWakes(database, readAddress(test.url));
  wakes.wakes(() => {
    woken += 1;
  });
  for (let commit = 0; commit < 50; commit += 1) tell('committed', null);
  expect(woken).toBe(50);
  await expect.poll(() => told.length, patient).toBe(1);
  tell('committed', null);
  await wakes[Symbol.asyncDispose]();
  await expect.poll(() => told.length, patient).toBe(2);
  expect(new Set(told).size).toBe(1);
  tell('committed', null);
  await client.query('SELECT 1');
  expect(told.length).toBe(2);
  await client.end();
});
