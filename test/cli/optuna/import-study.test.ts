import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../store/temporary-folder.ts';
import { commandLine } from '../command-line.ts';
import { study, studyId } from '../studies.ts';
import { makeSqliteStorage } from './sqlite-storage.ts';
import { definitionOfMine, remarksOnMine } from './storage-fixture.ts';

let folder: TemporaryFolder;
let storage: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  storage = `sqlite:///${join(folder.path, 'optuna.db')}`;
  await makeSqliteStorage(join(folder.path, 'optuna.db'));
});
afterAll(() => folder[Symbol.asyncDispose]());

const createStudy = async () => study();
const expected = { ...definitionOfMine, sampler: { type: 'auto' }, budget: { trials: 100 } };

describe('study import --optuna', () => {
  test('creates a study that continues, prints it on one line, and says what was left out beside it', async () => {
    const { code, out, err, calls } = await commandLine(['study', 'import', '--optuna', storage, '--study', 'mine'], { createStudy });
    expect(calls).toEqual([['createStudy', expected]]);
    expect([code, out]).toEqual([0, `${studyId}  genetic  active  18 trials completed\n`]);
    expect(err).toBe(`${remarksOnMine.join('\n')}\n`);
  });

  test('takes another name, sampler, seed and number of trials', async () => {
    const line = ['--study', 'mine', '--name', 'own', '--sampler', 'random', '--trials', '7', '--seed', '3', '--json'];
    const { out, calls } = await commandLine(['study', 'import', '--optuna', storage, ...line], { createStudy });
    const definition = { ...expected, name: 'own', sampler: { type: 'random' }, budget: { trials: 7 }, seed: 3 };
    expect(calls).toEqual([['createStudy', definition]]);
    expect(JSON.parse(out)).toEqual(study());
  });

  test('with --dry-run only prints the definition', async () => {
    const { code, out, calls } = await commandLine(['study', 'import', '--optuna', storage, '--study', 'mine', '--dry-run']);
    expect([code, calls, JSON.parse(out)]).toEqual([0, [], expected]);
  });

  test('says what is wrong with the storage, and ends with 2', async () => {
    const text = join(folder.path, 'text');
    await writeFile(text, 'hello');
    for (const [given, message] of [
      [storage, 'clavier: the Optuna storage has 2 studies; choose one with --study: "other", "mine"\n'],
      ['mysql://host/db', /^clavier: --optuna reads SQLite, PostgreSQL and journal files, not mysql/],
      [text, /^clavier: line 1 is not JSON, so this is no journal of Optuna/],
    ] as const) {
      const { code, out, err, calls } = await commandLine(['study', 'import', '--optuna', given]);
      expect([code, out, calls], given).toEqual([2, '', []]);
      expect(err).toMatch(message);
    }
  });

  test('refuses options that it does not know what to do with, and so does an import without it', async () => {
    for (const [line, message] of [
      [['--optuna', storage, '-f', 'x.json'], '--file does not go with --optuna'],
      [['--optuna', storage, '--fork-trials', '3'], '--fork-trials does not go with --optuna'],
      [['--optuna', storage, '--generations', '3'], '--generations does not go with --optuna'],
      [['-f', '-', '--dry-run'], '--dry-run needs --optuna'],
      [['-f', '-', '--study', 'mine'], '--study needs --optuna'],
      [[], 'nothing to import: give -f FILE with an export, or --optuna STORAGE'],
    ] as const) {
      const { code, err, calls } = await commandLine(['study', 'import', ...line], { createStudy }, { input: '{}' });
      expect([code, err, calls]).toEqual([2, `clavier: ${message}\n`, []]);
    }
  });
});
