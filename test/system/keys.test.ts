import { expect, test } from 'vitest';
import { createTestDatabase } from '../store/database.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { dataFolder } from './data-folder.ts';
import { startProcess } from './service-process.ts';

/** Runs a command to its end. */
async function command(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  await using ran = startProcess(args, settings);
  const code = await ran.exited;
  await ran.closed;
  return { code, output: ran.output() };
}

const secretIn = (output: string): string => /^clv_[\w-]{43}$/m.exec(output)?.[0] ?? '';
const firstKey = ['key', 'create', 'operator', '--scopes', 'admin', '--all-projects'];

test('the first key is made on the database itself; a service that others can reach then starts, and wants it', async () => {
  await using database = await createTestDatabase();
  await using folder = await temporaryFolder();
  const settings = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path };
  const made = await command([...firstKey, '--local'], settings);
  expect(made.code, made.output).toBe(0);
  const key = secretIn(made.output);
  expect(key).not.toBe('');

  await using api = startProcess(['api'], { ...settings, CLAVIER_HOST: '0.0.0.0' });
  const url = (await api.url()).replace('0.0.0.0', '127.0.0.1');
  expect(await command(['whoami'], { CLAVIER_URL: url })).toMatchObject({ code: 2, output: expect.stringContaining('(unauthorized)') });
  const client = { CLAVIER_URL: url, CLAVIER_KEY: key };
  expect(JSON.parse((await command(['whoami', '--json'], client)).output)).toMatchObject({ allProjects: true, scopes: ['admin'] });
  expect((await command(['project', 'create', 'vision'], client)).code).toBe(0);
  const worker = await command(['key', 'create', 'gpu', '--scopes', 'work', '--project', 'vision'], client);
  const caller = await command(['whoami', '--json'], { CLAVIER_URL: url, CLAVIER_KEY: secretIn(worker.output) });
  expect(JSON.parse(caller.output)).toMatchObject({ project: 'vision', allProjects: false, scopes: ['work'] });
  expect(api.output()).not.toContain(key);
  expect(api.output()).not.toContain('"open: ');
});

test('a service with a database of its own says that it is open, and is closed by its first key', async () => {
  await using folder = await dataFolder();
  await using service = startProcess(['serve'], { CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '1' });
  const url = await service.url();
  const words = 'open: every program of this machine may use the API without a key';
  await eventually(() => service.output().includes(words), { until: 'the service says that it is open' });
  const local = await command([...firstKey, '--local'], { CLAVIER_DATA_DIR: folder.path });
  expect(local).toMatchObject({
    code: 2,
    output: expect.stringMatching(/is in use by process \d+, probably a service: make the key over its API/),
  });
  const made = await command(firstKey, { CLAVIER_URL: url });
  expect(made.code, made.output).toBe(0);
  expect((await fetch(`${url}/v1/studies`)).status).toBe(401);
  expect((await fetch(`${url}/v1/studies`, { headers: { authorization: `Bearer ${secretIn(made.output)}` } })).status).toBe(200);
});
