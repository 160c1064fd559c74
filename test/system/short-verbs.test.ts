import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEmptyDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { getStudy, startProcess } from './service-process.ts';
import { knownStudy } from './studies.ts';

const root = resolve(import.meta.dirname, '../..');

test('migrate brings an empty database to the newest tables, ends with exit code 0, and does nothing the second time', async () => {
  await using database = await createEmptyDatabase();
  await using folder = await temporaryFolder();
  const applied = async () => (await runSql(database.url, 'SELECT * FROM _prisma_migrations ORDER BY migration_name')).rows;
  const settings = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path };
  await using first = startProcess(['migrate'], settings);
  expect(await first.exited, first.output()).toBe(0);
  const rows = await applied();
  const migrations = readdirSync(resolve(root, 'prisma/migrations'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(rows.map((row) => row.migration_name)).toEqual(migrations.map((entry) => entry.name).sort());
  expect((await runSql(database.url, 'SELECT count(*)::int AS studies FROM study')).rows).toEqual([{ studies: 0 }]);
  await using second = startProcess(['migrate'], settings);
  expect(await second.exited, second.output()).toBe(0);
  expect(await applied()).toEqual(rows);
});

test('openapi prints the committed document, byte for byte and nothing else, and ends with exit code 0', async () => {
  await using printer = startProcess(['openapi'], {});
  expect(await printer.exited).toBe(0);
  await printer.closed;
  expect(printer.output()).toBe(readFileSync(resolve(root, 'openapi/openapi.json'), 'utf8'));
});

/** A command to its end: its exit code and all it wrote. */
async function command(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  await using ran = startProcess(args, settings);
  const code = await ran.exited;
  await ran.closed;
  return { code, output: ran.output() };
}

describe('commands over the API', () => {
  test('work against a service that the environment names: create, list, export, cancel; what it refuses ends with 2', async () => {
    await using database = await createEmptyDatabase();
    await using folder = await temporaryFolder();
    const settings = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path };
    await using migrated = startProcess(['migrate'], settings);
    expect(await migrated.exited, migrated.output()).toBe(0);
    await using service = startProcess(['api'], settings);
    const url = await service.url();
    const clavier = (...args: string[]) => command(args, { CLAVIER_URL: url });
    const file = join(folder.path, 'study.json');
    await writeFile(file, JSON.stringify(knownStudy));

    const created = await clavier('study', 'create', '-f', file);
    expect(created).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^[0-9a-f-]{36} {2}.+ {2}active {2}0 of \d+ trials completed {2}waiting: no runner is alive: .+\n$/),
    });
    const id = created.output.slice(0, 36);
    expect(JSON.parse((await clavier('study', 'list', '--json')).output)).toMatchObject([{ id, state: 'active' }]);
    expect(await clavier('study', 'export', id)).toEqual({ code: 0, output: await (await fetch(`${url}/v1/studies/${id}/export`)).text() });
    expect(await clavier('study', 'list', '--state', 'nowhere')).toMatchObject({
      code: 2,
      output: expect.stringContaining('invalid-request'),
    });
    const campaign = await clavier('campaign', 'create', '--preset', 'paper', '--scale', '0');
    expect(campaign).toMatchObject({ code: 0, output: expect.stringMatching(/ {2}paper {2}active {2}0 of 12 parts ended\n$/) });
    expect((await clavier('campaign', 'report', campaign.output.slice(0, 36))).code).toBe(0);

    await using watching = startProcess(['study', 'watch', id], { CLAVIER_URL: url });
    await eventually(() => watching.output().includes(' trials'), { until: 'progress is shown' });
    watching.signal('SIGINT');
    expect(await watching.exited, watching.output()).toBe(130);
    expect((await getStudy(url, id)).state).toBe('active');
    expect(await clavier('study', 'cancel', id)).toMatchObject({ code: 0, output: expect.stringContaining('  cancelled  ') });
    expect(await clavier('study', 'watch', id)).toMatchObject({ code: 1, output: expect.stringContaining('The study was cancelled') });
  });

  test('end at once with 130 by Ctrl-C, though the service never answers', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    try {
      for (const args of [
        ['campaign', 'watch', 'some-id'],
        ['study', 'list'],
      ]) {
        const asked = once(silent, 'request');
        await using asking = startProcess([...args, '--url', url], {});
        await asked;
        asking.signal('SIGINT');
        expect(await asking.exited, asking.output()).toBe(130);
      }
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  test('end with 3 where nobody listens', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
    await new Promise((resolved) => gone.close(resolved));
    expect(await command(['campaign', 'list'], { CLAVIER_URL: url })).toEqual({
      code: 3,
      output: expect.stringMatching(new RegExp(`^clavier: no answer from ${url}: .*ECONNREFUSED.*\n$`)),
    });
  });
});

test.each([
  ['an unknown verb', ['frobnicate'], 2],
  ['an unknown option', ['serve', '--fast'], 2],
  ['an option that is not one of its choices', ['quickstart', '--dataset', 'nothing'], 2],
  ['a key that no header can carry', ['study', 'list', '--key', 'a b'], 2],
  ['a request for help', ['campaign', 'create', '--help'], 0],
  ['a request for the version', ['--version'], 0],
] as const)('%s on the command line: %j ends with exit code %i', async (_, args, code) => {
  const ended = await command(args);
  expect(ended.code, ended.output).toBe(code);
  expect(ended.output).not.toMatch(/\n {4}at /); // no stack
});
