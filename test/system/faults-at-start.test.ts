import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { dataFolder } from './data-folder.ts';
import { withCommand } from './process-tree.ts';
import { startProcess } from './service-process.ts';

/** A server that hangs up on its clients. */
async function stranger(): Promise<{ port: number } & AsyncDisposable> {
  const server: Server = createServer((socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    async [Symbol.asyncDispose]() {
      await new Promise((done) => server.close(done));
    },
  };
}

/** Starts a process that cannot come up: exit code 2. @returns the one line that is no line of the log */
async function faultOf(verb: string, settings: Record<string, string>): Promise<string> {
  await using service = startProcess([verb], { CLAVIER_SLOTS: '1', ...settings });
  const code = await service.exited;
  await service.closed;
  const lines = service.output().trim().split('\n');
  const [fault, ...others] = lines.filter((line) => !line.startsWith('{'));
  expect(code, service.output()).toBe(2);
  expect(others).toEqual([]);
  return fault ?? '';
}

test('a port that is taken is one line that names it and CLAVIER_PORT, and nothing is left running', async () => {
  await using folder = await dataFolder();
  await using other = await stranger();
  const fault = await faultOf('serve', { CLAVIER_DATA_DIR: folder.path, CLAVIER_PORT: String(other.port) });
  expect(fault).toMatch(new RegExp(`^clavier: CLAVIER_PORT is ${other.port}, but another program listens`));
  await eventually(() => withCommand(`postgres -D ${folder.path}/`).length === 0, { until: 'no PostgreSQL is left', seconds: 5 });
});

test('serve does not start without a key on an address that others can reach', async () => {
  await using folder = await dataFolder();
  const fault = await faultOf('serve', { CLAVIER_DATA_DIR: folder.path, CLAVIER_HOST: '0.0.0.0', CLAVIER_PORT: '0' });
  expect(fault).toMatch(
    /^clavier: CLAVIER_HOST is 0\.0\.0\.0, which others can reach, and there is no key: make the first with "clavier key create/,
  );
});

test.each(['serve', 'quickstart'])('%s says in one line that the data folder cannot be made', async (verb) => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'file'), '');
  const path = join(folder.path, 'file', 'data');
  expect(await faultOf(verb, { CLAVIER_DATA_DIR: path })).toContain(`CLAVIER_DATA_DIR is ${path}, which cannot be used: ENOTDIR`);
});

test.runIf(existsSync('/proc/self')).each(['serve', 'quickstart', 'migrate'])(
  '%s says in one line that nothing can be made below the parent of the data folder',
  async (verb) => {
    expect(await faultOf(verb, { CLAVIER_DATA_DIR: '/proc/x' })).toContain('CLAVIER_DATA_DIR is /proc/x, which cannot be used: ENOENT');
  },
);

test('a database that refuses the connection, does not know us, is unknown or is none is one line with DATABASE_URL and no password', async () => {
  await using folder = await temporaryFolder();
  await using other = await stranger();
  const at = (change: (url: URL) => void): string => {
    const url = new URL(inject('databaseServer'));
    url.password = 'hunter2';
    change(url);
    return url.href;
  };
  const closed = await stranger();
  await closed[Symbol.asyncDispose]();
  for (const [url, words] of [
    [at((one) => Object.assign(one, { port: closed.port })), `nothing listens on 127.0.0.1:${closed.port}`],
    [at(() => undefined), 'password authentication failed'],
    [at((one) => Object.assign(one, { hostname: 'nowhere.invalid' })), 'the host of nowhere.invalid'],
    [at((one) => Object.assign(one, { port: other.port })), 'does not answer as PostgreSQL does'],
  ] as const) {
    const fault = await faultOf('api', { DATABASE_URL: url, CLAVIER_DATA_DIR: folder.path });
    expect(fault).toMatch(/^clavier: DATABASE_URL cannot be used: /);
    expect(fault).toContain(words);
    expect(fault).not.toContain('hunter2');
  }
});

test('no line of the log has a key twice, and one line tells the address of the API', async () => {
  await using folder = await dataFolder();
  await using service = startProcess(['serve'], { CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '1' });
  const url = await service.url();
  await eventually(() => service.output().includes('training on 1 slot'), { until: 'the slots are up' });
  const lines = service.output().trim().split('\n');
  for (const line of lines) expect(JSON.stringify(JSON.parse(line))).toBe(line);
  expect(lines.filter((line) => line.includes(url))).toHaveLength(1);
});

test('artifacts of another database are one line and exit code 2, for the API of the same process too', async () => {
  await using folder = await dataFolder();
  await using first = startProcess(['serve'], { CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '1' });
  await first.url();
  first.signal('SIGTERM');
  await first.exited;
  await writeFile(join(folder.path, 'artifacts', 'identity.json'), JSON.stringify({ artifactId: randomUUID() }));
  expect(await faultOf('serve', { CLAVIER_DATA_DIR: folder.path })).toContain('belongs to another database');
  await eventually(() => withCommand(`postgres -D ${folder.path}/`).length === 0, { until: 'no PostgreSQL is left', seconds: 5 });
});

test('an archive of film reviews that is missing is a warning: other studies need none', async () => {
  await using folder = await dataFolder();
  const archive = join(folder.path, 'missing.tar.gz');
  await using service = startProcess(['serve'], { CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '1', CLAVIER_IMDB_ARCHIVE: archive });
  await service.url();
  expect(service.output()).toContain(`CLAVIER_IMDB_ARCHIVE is ${archive}, which does not exist`);
});

test('a serve beside a quickstart hears that the quickstart holds the data folder', async () => {
  await using folder = await dataFolder();
  await using quickstart = startProcess(['quickstart'], { CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '1' });
  await eventually(() => quickstart.output().includes('The API is at'), { until: 'the quickstart is up' });
  expect(await faultOf('serve', { CLAVIER_DATA_DIR: folder.path })).toContain(`in use by "quickstart", process ${quickstart.pid}`);
});

test('a quickstart whose log cannot be written says so and goes on', async () => {
  await using folder = await dataFolder();
  await mkdir(join(folder.path, 'quickstart.log'));
  await using quickstart = startProcess(['quickstart'], { CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '1' });
  await eventually(() => quickstart.output().includes('The API is at'), { until: 'the quickstart is up' });
  expect(quickstart.output()).toContain('the log cannot be written, and ends here');
  quickstart.signal('SIGINT');
  expect(await quickstart.exited).toBe(130);
});
