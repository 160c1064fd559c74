import { beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { readAddress } from '../../../src/store/database/address.ts';
import { openDatabase } from '../../../src/store/database/database.ts';
import { sessionSettings } from '../../../src/store/database/session.ts';
import { createEmptyDatabase, createTestDatabase } from '../database.ts';
import { runSql, withQuery } from '../server.ts';
import { harmlessSettings, hostileSettings, withSettings } from './hostile-settings.ts';
import { type SmallStudy, throughSmallStudy } from './small-study.ts';

let reference: SmallStudy;
beforeAll(async () => {
  await using database = await createEmptyDatabase();
  reference = await throughSmallStudy(database.url);
});

function expectSame(study: SmallStudy): void {
  expect({ ...study, offBySeconds: 0 }).toEqual({ ...reference, offBySeconds: 0 });
  expect(study.offBySeconds).toBeLessThan(300);
}

describe.concurrent('a study is created, run, exported, verified and imported alike where the database sets', () => {
  test.each(Object.entries(hostileSettings))('%s = %s', async (setting, value) => {
    await using database = await withSettings(await createTestDatabase(), [[setting, value]]);
    expectSame(await throughSmallStudy(database.url));
  });

  test('all of them together', async () => {
    await using database = await withSettings(await createEmptyDatabase(), Object.entries({ ...hostileSettings, ...harmlessSettings }));
    expectSame(await throughSmallStudy(database.url));
  });
});

test('every session of a pool has the settings that we ask for', async () => {
  await using database = await withSettings(await createTestDatabase(), Object.entries(hostileSettings));
  const address = readAddress(database.url);
  const wanted = sessionSettings(address, { statementMs: 60_000, idleInTransactionMs: 30_000 });
  await using pool = openDatabase({ address, connections: 1 });
  const rows = await pool.$queryRaw`SELECT name, setting FROM pg_settings WHERE name = ANY (${Object.keys(wanted)}::text[])`;
  const found = z.array(z.object({ name: z.string(), setting: z.string() })).parse(rows);
  expect(found.length).toBeGreaterThan(15);
  expect(found.filter(({ name, setting }) => setting !== wanted[name])).toEqual([]);
});

test('the role and the address set them', async () => {
  await using database = await createEmptyDatabase();
  const name = new URL(database.url).pathname.slice(1);
  const role = `role_${name}`;
  const server = inject('databaseServer');
  await runSql(server, `CREATE ROLE ${role} LOGIN PASSWORD 'x'; ALTER DATABASE ${name} OWNER TO ${role}`);
  try {
    await runSql(server, `ALTER ROLE ${role} SET TimeZone = 'America/New_York'; ALTER ROLE ${role} SET extra_float_digits = 0`);
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: 'x' });
    url.searchParams.set('options', '-c DateStyle=German -c default_transaction_isolation=serializable');
    expectSame(await throughSmallStudy(url.href));
  } finally {
    await runSql(server, `ALTER DATABASE ${name} OWNER TO CURRENT_USER`);
    await runSql(database.url, `DROP OWNED BY ${role}`);
    await runSql(server, `DROP ROLE ${role}`);
  }
});

describe('the tables lie in the schema', () => {
  test.each([
    ['public where nothing is said', '', 'public'],
    ['of ?schema=', 'schema=tuning', 'tuning'],
    ['of a name that must be quoted', `schema=${encodeURIComponent('Mein schéma')}`, 'Mein schéma'],
    ['of a search path among the options', `options=${encodeURIComponent('-c search_path=tuning,public')}`, 'tuning'],
  ])('%s', async (_title, query, schema) => {
    await using database = await createEmptyDatabase();
    expectSame(await throughSmallStudy(withQuery(database.url, query)));
    const { rows } = await runSql(
      database.url,
      "SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_name IN ('study', '_prisma_migrations')",
    );
    expect(rows).toEqual([{ table_schema: schema }]);
  });
});
