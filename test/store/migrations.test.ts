import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAddress } from '../../src/store/database/address.ts';
import { MigrationError } from '../../src/store/database/errors.ts';
import { migrate } from '../../src/store/database/migrations.ts';
import { createEmptyDatabase, type TestDatabase } from './database.ts';
import { runSql } from './server.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

let database: TestDatabase;
let folder: TemporaryFolder;
beforeEach(async () => {
  [database, folder] = await Promise.all([createEmptyDatabase(), temporaryFolder()]);
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(folder.path, name), { recursive: true });
  await writeFile(join(folder.path, name, 'migration.sql'), sql);
}

const run = (version = '1.2.3'): Promise<string[]> =>
  migrate({ address: readAddress(database.url), folder: folder.path, version, log: () => undefined });
const records = async () => (await runSql(database.url, 'SELECT * FROM _prisma_migrations ORDER BY migration_name')).rows;

const FIRST = 'CREATE TABLE fruit (name text);\n';
const SECOND = "ALTER TABLE fruit ADD colour text;\nINSERT INTO fruit VALUES ('plum', 'blue');\n";

describe('migrate', () => {
  it('applies what is missing, in order of name, and nothing twice', async () => {
    await write('20260102_second', SECOND);
    await write('20260101_first', FIRST);
    await writeFile(join(folder.path, 'migration_lock.toml'), 'provider = "postgresql"\n');
    expect(await run()).toEqual(['20260101_first', '20260102_second']);
    expect(await run()).toEqual([]);
    await write('20260103_third', "INSERT INTO fruit VALUES ('lime', 'green')");
    expect(await run()).toEqual(['20260103_third']);
    expect((await runSql(database.url, 'SELECT * FROM fruit')).rows).toHaveLength(2);
  });

  it('records a migration in the words of Prisma', async () => {
    await write('20260101_first', FIRST);
    await run();
    const [record] = await records();
    expect(record).toMatchObject({
      migration_name: '20260101_first',
      checksum: createHash('sha256').update(FIRST).digest('hex'),
      logs: null,
      rolled_back_at: null,
      applied_steps_count: 1,
    });
    expect(record.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(record.finished_at.getTime()).toBeGreaterThanOrEqual(record.started_at.getTime());
  });

  it('lets several processes start at once: each migration is applied by one of them', async () => {
    await write('20260101_first', FIRST);
    await write('20260102_second', SECOND);
    const applied = await Promise.all(Array.from({ length: 8 }, () => run()));
    expect(applied.flat().sort()).toEqual(['20260101_first', '20260102_second']);
    expect(await records()).toHaveLength(2);
    expect((await runSql(database.url, 'SELECT * FROM fruit')).rows).toHaveLength(1);
  });

  it('rolls a failing migration back whole, keeps those before it, and names the file and line', async () => {
    await write('20260101_first', FIRST);
    await write('20260102_broken', "INSERT INTO fruit VALUES ('plum');\nCREATE TABLE half (n int);\nALTER TABLE nowhere ADD x int;\n");
    const failure = await run().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MigrationError);
    expect(String(failure)).toContain(join('20260102_broken', 'migration.sql'));
    expect(String(failure)).toContain('relation "nowhere" does not exist');
    expect((await records()).map((record) => record.migration_name)).toEqual(['20260101_first']);
    expect((await runSql(database.url, 'SELECT * FROM fruit')).rows).toEqual([]);
    await write('20260102_broken', SECOND);
    expect(await run()).toEqual(['20260102_broken']);
  });

  it('names the line of a syntax error', async () => {
    await write('20260101_first', `${FIRST}\nCREATE TABEL x ();\n`);
    await expect(run()).rejects.toThrow(/migration\.sql:3 failed and was rolled back: syntax error/);
  });

  it('refuses a migration that was changed after it was applied', async () => {
    await write('20260101_first', FIRST);
    await run();
    await write('20260101_first', `${FIRST}-- changed\n`);
    await write('20260102_second', SECOND);
    await expect(run()).rejects.toThrow(/20260101_first.* was changed after it was applied/);
    expect(await records()).toHaveLength(1);
  });

  it('takes other line ends for the same text', async () => {
    await write('20260101_first', SECOND.replace('ALTER', `${FIRST}ALTER`));
    await run();
    await write('20260101_first', SECOND.replace('ALTER', `${FIRST}ALTER`).replaceAll('\n', '\r\n'));
    expect(await run()).toEqual([]);
  });

  it('refuses a database that is newer than the code, and leaves it alone', async () => {
    await write('20260101_first', FIRST);
    await write('20260109_future', SECOND);
    await run();
    await rm(join(folder.path, '20260109_future'), { recursive: true });
    await write('20260105_other', 'DROP TABLE fruit');
    await expect(run()).rejects.toThrow(/newer than this version.*20260109_future/);
    expect((await runSql(database.url, 'SELECT * FROM fruit')).rows).toHaveLength(1);
  });

  describe('on a database that says which version it needs', () => {
    const needs = (version: string) =>
      write('20260102_needs', `CREATE TABLE compatibility (oldest_version text); INSERT INTO compatibility VALUES ('${version}');`);

    it('goes on beside a newer version: migrations that it does not know only expand', async () => {
      await needs('1.2.0');
      await write('20260109_future', FIRST);
      await run();
      await rm(join(folder.path, '20260109_future'), { recursive: true });
      await write('20260105_own', 'CREATE TABLE own (n int)');
      expect(await run()).toEqual(['20260105_own']);
    });

    it.each(['1.2.4', '1.10.0', '2.0.0'])(
      'refuses to start where that is %s, a newer one than this, and changes nothing',
      async (version) => {
        await needs(version);
        await run('9.9.9');
        await write('20260105_own', 'CREATE TABLE own (n int)');
        await expect(run()).rejects.toThrow(`the database needs version ${version} of Clavier or a newer one, and this is 1.2.3`);
        expect(await records()).toHaveLength(1);
      },
    );

    it.each(['1.2.3', '1.2.3-rc.1', '0.99.99'])('starts where that is %s', async (version) => {
      await needs(version);
      await run();
      expect(await run()).toEqual([]);
    });
  });

  it('refuses to go on after a migration that another tool left unfinished', async () => {
    await write('20260101_first', FIRST);
    await run();
    await runSql(database.url, 'UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(run()).rejects.toThrow(/20260101_first.*did not finish/);
  });

  it('applies again what was rolled back by hand', async () => {
    await write('20260101_first', FIRST);
    await run();
    await runSql(database.url, 'DROP TABLE fruit; UPDATE _prisma_migrations SET rolled_back_at = now()');
    expect(await run()).toEqual(['20260101_first']);
  });

  it('leaves no lock behind', async () => {
    await write('20260101_first', FIRST);
    await run();
    expect((await runSql(database.url, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted")).rowCount).toBe(0);
  });
});
