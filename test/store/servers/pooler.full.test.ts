import { beforeAll, describe, expect, test } from 'vitest';
import { readAddress } from '../../../src/store/database/address.ts';
import { connect, reach } from '../../../src/store/database/connect.ts';
import { sessionSettings } from '../../../src/store/database/session.ts';
import { createEmptyDatabase } from '../database.ts';
import { runSql, withQuery } from '../server.ts';
import { hostileSettings, withSettings } from './hostile-settings.ts';
import { startOwnServer } from './own-server.ts';
import { hasPgBouncer, startPgBouncer } from './pgbouncer.ts';
import { type SmallStudy, throughSmallStudy } from './small-study.ts';

// Needs the program (Debian: apt-get install pgbouncer), then: npx vitest run --project full test/store/servers/pooler
describe.runIf(hasPgBouncer).each(['session', 'transaction'] as const)('behind PgBouncer in %s mode', (mode) => {
  let expected: SmallStudy;
  beforeAll(async () => {
    await using direct = await createEmptyDatabase();
    expected = await throughSmallStudy(direct.url);
  });

  test('a study is created, run, exported, verified and imported as without it', async () => {
    await using database = await createEmptyDatabase();
    await using pooler = await startPgBouncer(database.url, mode);
    const address = readAddress(pooler.url);
    await using connection = await connect(address, sessionSettings(address, { statementMs: 0, idleInTransactionMs: 0 }));
    expect(connection.pooled).toBe(true);
    const study = await throughSmallStudy(pooler.url);
    expect({ ...study, offBySeconds: 0 }).toEqual({ ...expected, offBySeconds: 0 });
    expect(study.offBySeconds).toBeLessThan(300);
  });

  test('the settings of the database change nothing, and the sessions that others get next keep them', async () => {
    const { idle_session_timeout: _, ...settings } = hostileSettings; // a client cannot set it behind a pooler: see below
    await using database = await withSettings(await createEmptyDatabase(), Object.entries(settings));
    await using pooler = await startPgBouncer(database.url, mode);
    const study = await throughSmallStudy(pooler.url);
    expect({ ...study, offBySeconds: 0 }).toEqual({ ...expected, offBySeconds: 0 });
    expect(study.offBySeconds).toBeLessThan(300);
    expect((await runSql(pooler.url, 'SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '300ms' }]);
    expect((await runSql(pooler.url, 'SHOW extra_float_digits')).rows).toEqual([{ extra_float_digits: '-3' }]);
  });

  test('a schema of its own holds the tables', async () => {
    await using database = await createEmptyDatabase();
    await using pooler = await startPgBouncer(database.url, mode);
    await throughSmallStudy(withQuery(pooler.url, 'schema=tuning&pgbouncer=true'));
    const { rows } = await runSql(
      database.url,
      "SELECT table_schema FROM information_schema.tables WHERE table_name IN ('study', '_prisma_migrations')",
    );
    expect(rows).toEqual([{ table_schema: 'tuning' }, { table_schema: 'tuning' }]);
  });
});

describe.runIf(hasPgBouncer)('PgBouncer that cannot be used is refused in one line', () => {
  test('in statement mode, which has no transactions', async () => {
    await using database = await createEmptyDatabase();
    await using pooler = await startPgBouncer(database.url, 'statement');
    await expect(reach(readAddress(pooler.url))).rejects.toThrow(
      /^DATABASE_URL cannot be used: 127\.0\.0\.1:\d+ refuses the connection: transaction blocks not allowed in statement pooling mode$/,
    );
  });

  test('before a server that ends idle sessions at once', async () => {
    await using database = await withSettings(await createEmptyDatabase(), [['idle_session_timeout', '300']]);
    await using pooler = await startPgBouncer(database.url, 'session');
    await expect(throughSmallStudy(pooler.url)).rejects.toThrow(
      'the server ends sessions that are idle for 300 ms, behind a pooler: set idle_session_timeout of the role and the database to 0',
    );
  });

  test('while its server is away', async () => {
    await using server = await startOwnServer();
    await using pooler = await startPgBouncer(server.url, 'transaction');
    await server.stop();
    await expect(reach(readAddress(pooler.url))).rejects.toThrow(
      /^DATABASE_URL cannot be used: 127\.0\.0\.1:\d+ (does not answer in time|refuses the connection) .+$/,
    );
  });
});
