import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOptunaStudy, storageAddressOf } from '../../../src/cli/optuna/storage.ts';
import { type TemporaryFolder, temporaryFolder } from '../../store/temporary-folder.ts';
import { makeSqliteStorage, newSqlite } from './sqlite-storage.ts';

/** More rows than a small cache holds, so that a transaction writes them before it ends. */
const many = `WITH RECURSIVE row (id) AS (SELECT 100 UNION ALL SELECT id + 1 FROM row WHERE id < 9000)
  INSERT INTO trials SELECT id, id, 3, 'FAIL' FROM row`;

let folder: TemporaryFolder;
const at = (name: string): string => join(folder.path, name);
const read = (address: string, name: string | null = 'mine') => readOptunaStudy(storageAddressOf(address), name);

beforeAll(async () => {
  folder = await temporaryFolder();
  await makeSqliteStorage(at('optuna.db'));
});
afterAll(() => folder[Symbol.asyncDispose]());

describe('the address of a storage', () => {
  test.each([
    ['sqlite:///optuna.db', { kind: 'sqlite', path: 'optuna.db' }],
    ['sqlite:////data/optuna.db?timeout=5', { kind: 'sqlite', path: '/data/optuna.db' }],
    ['sqlite+pysqlite:///optuna.db', { kind: 'sqlite', path: 'optuna.db' }],
    ['postgresql+psycopg2://me:secret@host/db', { kind: 'postgres', url: 'postgresql://me:secret@host/db' }],
    ['postgres://host/db', { kind: 'postgres', url: 'postgresql://host/db' }],
    ['./journal.log', { kind: 'file', path: './journal.log' }],
    ['C:\\optuna.log', { kind: 'file', path: 'C:\\optuna.log' }],
  ])('%s', (text, address) => {
    expect(storageAddressOf(text)).toEqual(address);
  });

  test('of a database that is not supported is refused without repeating its password', () => {
    expect(() => storageAddressOf('mysql+pymysql://me:secret@host/db')).toThrow(/not mysql: copy the study .* optuna\.copy_study first$/);
    expect(() => storageAddressOf('sqlite://optuna.db')).toThrow('sqlite:///PATH, with three slashes');
  });
});

describe('a SQLite file', () => {
  test('is read by its URL or its path, its trials in the order of their numbers', async () => {
    for (const address of [`sqlite:///${at('optuna.db')}`, at('optuna.db')]) {
      const study = await read(address);
      expect(study).toMatchObject({
        name: 'mine',
        directions: ['MAXIMIZE'],
        metricNames: ['accuracy'],
        userAttributes: { team: 'vision' },
      });
      expect(study.trials.map(({ number, state, values, reports, attributes }) => [number, state, values, reports, attributes])).toEqual([
        [0, 'COMPLETE', [0.5], 1, 0],
        [1, 'COMPLETE', [0.75], 2, 1],
        [2, 'PRUNED', [0.1], 0, 0],
        [3, 'FAIL', [], 0, 0],
        [4, 'WAITING', [], 0, 0],
        [5, 'COMPLETE', [Number.NEGATIVE_INFINITY], 0, 0],
      ]);
      expect(Object.fromEntries([...(study.trials[1]?.parameters ?? [])].map(([name, { value }]) => [name, value]))).toEqual({
        lr: 0.012,
        momentum: 0.7000000000000001,
        optimizer: 'sgd',
      });
      expect(study.trials[4]?.enqueued).toEqual({ lr: 0.001, momentum: 0.9, optimizer: 'sgd' });
    }
  });

  test('is left as it is, with nothing beside it', async () => {
    await read(at('optuna.db'));
    expect(await readdir(folder.path)).toEqual(['optuna.db']);
  });

  test('has the transactions of its write-ahead log', async () => {
    await using own = await temporaryFolder();
    const [live, left] = [join(own.path, 'live.db'), join(own.path, 'left.db')];
    await makeSqliteStorage(live);
    using database = newSqlite(live);
    await database.run('PRAGMA locking_mode = EXCLUSIVE');
    await database.run('PRAGMA journal_mode = WAL');
    await database.run("INSERT INTO studies VALUES (3, 'in the log')");
    for (const part of ['', '-wal']) await copyFile(live + part, left + part);
    await expect(read(left, 'none')).rejects.toThrow('it has "other", "mine", "in the log"');
  });

  test('is not read in the middle of a transaction, but after it', async () => {
    await using own = await temporaryFolder();
    const path = join(own.path, 'optuna.db');
    await makeSqliteStorage(path);
    using database = newSqlite(path);
    await database.run('PRAGMA cache_size = 1');
    await database.run('BEGIN');
    await database.run("UPDATE studies SET study_name = 'unfinished' WHERE study_id = 2");
    await database.run(many);
    await expect(read(path, 'none')).rejects.toThrow('optuna.db has an unfinished transaction (');
    const waiting = read(path, 'none');
    await database.run('ROLLBACK');
    await expect(waiting).rejects.toThrow('it has "other", "mine"');
  });

  test('of Optuna 2 is refused with the way to upgrade it; later versions are read', async () => {
    await using own = await temporaryFolder();
    for (const schema of ['v2.6.0.a', 'v3.0.0.c']) {
      await makeSqliteStorage(join(own.path, schema), schema);
      await expect(read(join(own.path, schema))).rejects.toThrow(
        `the schema ${schema} of an Optuna before 3; run \`optuna storage upgrade`,
      );
    }
    for (const schema of ['v3.0.0.d', 'v10.0.0.a', 'new']) {
      await makeSqliteStorage(join(own.path, schema), schema);
      expect((await read(join(own.path, schema))).trials).toHaveLength(6);
    }
  });

  test('that is no storage, or no database, or not there, is refused with the reason', async () => {
    await using own = await temporaryFolder();
    const other = join(own.path, 'other.db');
    {
      using database = newSqlite(other);
      await database.run('CREATE TABLE notes (text)');
    }
    await expect(read(other)).rejects.toThrow('it is no Optuna storage');
    await writeFile(join(own.path, 'text'), 'hello');
    await expect(read(`sqlite:///${own.path}/text`)).rejects.toThrow('text is no SQLite database');
    await expect(read(join(own.path, 'missing'))).rejects.toThrow(/^cannot read .*missing: ENOENT/);
  });
});

test('one of several studies must be named, and the names are listed', async () => {
  await expect(read(at('optuna.db'), null)).rejects.toThrow('has 2 studies; choose one with --study: "other", "mine"');
  await expect(read(at('optuna.db'), 'nine')).rejects.toThrow('has no study "nine"; it has "other", "mine"');
  expect((await read(at('optuna.db'), 'other')).trials).toEqual([]);
});
