import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/store/embedded/start.ts';
import { processIdentity } from '../../../src/store/runners/process-identity.ts';
import { builtFile } from '../../support/built.ts';
import { eventually } from '../../support/eventually.ts';
import { guardFolder } from '../guard.ts';
import { runSql } from '../server.ts';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

const compiled = builtFile('store/embedded/start.ts');

let folder: TemporaryFolder;
let guard: Disposable;
let servers: EmbeddedPostgres[];

beforeEach(async () => {
  servers = [];
  folder = await temporaryFolder();
  guard = guardFolder(folder.path);
});
afterEach(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  guard[Symbol.dispose]();
  await folder[Symbol.asyncDispose]();
});

async function start(dataFolder = folder.path, durable = false): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataFolder, log: () => undefined, durable });
  servers.push(server);
  return server;
}

/** A process, in a group of its own as a terminal gives it, that starts the server of the folder and then does nothing, until it is killed. */
async function startElsewhere(): Promise<{ child: ChildProcess; pid: number; url: string }> {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(compiled)};
    const server = await startEmbeddedPostgres({ dataFolder: ${JSON.stringify(folder.path)}, log: () => {}, durable: false });
    console.log(JSON.stringify({ pid: server.pid, url: server.url }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { child, ...JSON.parse(String(line)) };
}

/** Starts the server of a folder in a process whose user the system does not know. @returns the error */
async function startWithoutName(dataFolder: string): Promise<string> {
  const script = `
    import os from 'node:os';
    import { syncBuiltinESMExports } from 'node:module';
    os.userInfo = () => { throw new Error('ENOENT: no such file or directory, uv_os_get_passwd'); };
    syncBuiltinESMExports();
    process.getuid = () => 54321;
    const { startEmbeddedPostgres } = await import(${JSON.stringify(compiled)});
    try { await startEmbeddedPostgres({ dataFolder: ${JSON.stringify(dataFolder)}, log: () => {} }); }
    catch (error) { console.log(String(error)); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(child.stdout, 'data');
  await once(child, 'exit');
  return String(said).trim();
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const answers = async (server: { url: string }): Promise<unknown> =>
  (await runSql(server.url, 'SELECT current_database() AS name')).rows[0];
const portOf = (server: { url: string }): number => Number(new URL(server.url).port);
const gone = (pid: number): Promise<void> => eventually(() => expect(processIdentity(pid)).toBeNull());

describe('the embedded PostgreSQL', () => {
  it('starts from nothing, keeps its rows over a restart, and is gone when disposed', async () => {
    const first = await start();
    expect(first.adopted).toBe(false);
    expect(await answers(first)).toEqual({ name: 'clavier' });
    await runSql(first.url, "CREATE TABLE kept AS SELECT 'plum' AS fruit");
    await first[Symbol.asyncDispose]();
    expect(processIdentity(first.pid)).toBeNull();
    const second = await start();
    expect((await runSql(second.url, 'SELECT fruit FROM kept')).rows).toEqual([{ fruit: 'plum' }]);
    expect(portOf(second)).toBe(portOf(first));
    expect(await readFile(join(folder.path, 'postgres.log'), 'utf8')).not.toContain('not properly shut down');
  });

  it('writes to disk, speaks UTF-8 and orders text by code unit', async () => {
    const server = await start(folder.path, true);
    const { rows } = await runSql(
      server.url,
      `SELECT current_setting('fsync') AS fsync, current_setting('server_encoding') AS encoding, current_setting('max_connections') AS connections,
              'Z' < 'a' AS code_units, datcollate FROM pg_database WHERE datname = 'clavier'`,
    );
    expect(rows).toEqual([{ fsync: 'on', encoding: 'UTF8', connections: '100', code_units: true, datcollate: 'C' }]);
  });

  it('asks for no shared memory that a container may lack: huge pages, or more than /dev/shm has', async () => {
    const server = await start();
    const { rows } = await runSql(
      server.url,
      `SELECT current_setting('huge_pages') AS huge, current_setting('dynamic_shared_memory_type') AS type,
              current_setting('shared_memory_type') AS main`,
    );
    expect(rows).toEqual([{ huge: 'off', type: process.platform === 'linux' ? 'sysv' : expect.any(String), main: 'mmap' }]);
  });

  it('starts beside the variables of another PostgreSQL', async () => {
    const theirs = { PGHOST: 'nowhere', PGPORT: '1', PGDATA: '/nowhere', PGUSER: 'u', PGSSLMODE: 'require', PGSSLNEGOTIATION: 'direct' };
    for (const [name, value] of Object.entries({ ...theirs, PGOPTIONS: '-c search_path=elsewhere' })) vi.stubEnv(name, value);
    try {
      const server = await start();
      expect((await runSql(server.url, 'SHOW search_path')).rows).toEqual([{ search_path: '"$user", public' }]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('says in one line what a user without an entry in /etc/passwd can do, and leaves no cluster behind', async () => {
    const dataFolder = join(folder.path, 'data');
    expect(await startWithoutName(dataFolder)).toMatch(
      /^EmbeddedPostgresError: this process runs as user 54321, which has no entry in \/etc\/passwd, [^\n]+ set DATABASE_URL$/,
    );
    expect((await readdir(dataFolder)).filter((name) => /^postgres$|^postgres\.new/.test(name))).toEqual([]);
  });

  it('wants its password, a long one that only its owner may read', async () => {
    const server = await start();
    const file = join(folder.path, 'postgres-password');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder.path, 'postgres.log'))).mode & 0o777).toBe(0o600);
    expect(Buffer.from((await readFile(file, 'utf8')).trim(), 'base64url')).toHaveLength(32);
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(runSql(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    const hba = await readFile(join(folder.path, 'postgres', 'pg_hba.conf'), 'utf8');
    const methods = hba
      .split('\n')
      .filter((line) => /^(local|host)/.test(line))
      .map((line) => line.trim().split(/\s+/).at(-1));
    expect(new Set(methods)).toEqual(new Set(['scram-sha-256']));
  });

  it('listens on loopback only', async () => {
    const server = await start();
    const { rows } = await runSql(
      server.url,
      "SELECT current_setting('listen_addresses') AS on, current_setting('unix_socket_directories') AS sockets",
    );
    expect(rows).toEqual([{ on: '127.0.0.1', sockets: '' }]);
    const outward = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter((one) => !one.internal && one.family === 'IPv4');
    for (const { address } of outward) {
      const socket = connect({ host: address, port: portOf(server) });
      expect(await new Promise((done) => socket.once('connect', () => done('connected')).once('error', () => done('refused')))).toBe(
        'refused',
      );
      socket.destroy();
    }
  });

  it.each([
    ['a killed process', (child: number) => process.kill(child, 'SIGKILL')],
    ['Ctrl-C in its terminal', (child: number) => process.kill(-child, 'SIGINT')],
  ])('outlives %s, is adopted by the next start, and stops when that one disposes it', async (_, end) => {
    const { child, pid, url } = await startElsewhere();
    const ended = once(child, 'exit');
    end(child.pid ?? Number.NaN);
    await ended;
    const server = await start();
    expect(server).toMatchObject({ adopted: true, pid, url });
    expect(await answers(server)).toEqual({ name: 'clavier' });
    await server[Symbol.asyncDispose]();
    await gone(pid);
  });

  it('starts again after its postmaster alone was killed, with what was committed', async () => {
    const first = await start(folder.path, true);
    const session = new pg.Client({ connectionString: first.url });
    session.on('error', () => undefined);
    await session.connect();
    await session.query("CREATE TABLE kept AS SELECT 'plum' AS fruit");
    const busy = session.query('SELECT pg_sleep(600)').catch((error: unknown) => error);
    process.kill(first.pid, 'SIGKILL');
    const second = await start(folder.path, true);
    expect(await busy).toBeInstanceOf(Error);
    expect(second.adopted).toBe(false);
    expect((await runSql(second.url, 'SELECT fruit FROM kept')).rows).toEqual([{ fruit: 'plum' }]);
  });

  it('starts no server, at the start or after a crash, once the data folder is locked by another process', async () => {
    let lockedByAnother = true;
    const confirmLock = async (): Promise<void> => {
      if (lockedByAnother) throw new Error('locked by another process');
    };
    const said: string[] = [];
    const options = { dataFolder: folder.path, log: (text: string) => said.push(text), durable: false, confirmLock };
    await expect(startEmbeddedPostgres(options)).rejects.toThrow('locked by another process');
    lockedByAnother = false;
    const server = await startEmbeddedPostgres({ ...options, onLost: () => undefined });
    servers.push(server);
    lockedByAnother = true;
    process.kill(server.pid, 'SIGKILL');
    await eventually(() => expect(said).toContain('restarting PostgreSQL failed: locked by another process'));
    await expect(runSql(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });

  it('is killed at once, with its sessions, and not started again, when the cluster may be another server’s', async () => {
    const server = await startEmbeddedPostgres({ dataFolder: folder.path, log: () => undefined, durable: false, onLost: () => undefined });
    servers.push(server);
    const session = new pg.Client({ connectionString: server.url });
    session.on('error', () => undefined);
    await session.connect();
    const busy = session.query('SELECT pg_sleep(600)').catch((error: unknown) => error);
    server.kill();
    expect(await busy).toBeInstanceOf(Error);
    await gone(server.pid);
    // A server that is asked to stop removes this file, which may be another server's by now.
    expect(await readFile(join(folder.path, 'postgres', 'postmaster.pid'), 'utf8')).toContain(String(server.pid));
    await pause(1500);
    await expect(runSql(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });

  it('sees that the number in a stale pid file belongs to another program', async () => {
    const first = await start();
    const file = join(folder.path, 'postgres', 'postmaster.pid');
    const lines = (await readFile(file, 'utf8')).split('\n');
    await first[Symbol.asyncDispose]();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(stranger, 'spawn');
    try {
      await writeFile(file, [stranger.pid, ...lines.slice(1)].join('\n'));
      const second = await start();
      expect(second.adopted).toBe(false);
      expect(await answers(second)).toEqual({ name: 'clavier' });
      expect(stranger.exitCode).toBeNull();
    } finally {
      await killed(stranger);
    }
  });

  it('takes another port when its own was taken in the meantime', async () => {
    const first = await start();
    await first[Symbol.asyncDispose]();
    const squatter: Server = createServer().listen({ host: '127.0.0.1', port: portOf(first) });
    await once(squatter, 'listening');
    try {
      const second = await start();
      expect(portOf(second)).not.toBe(portOf(first));
      expect(await answers(second)).toEqual({ name: 'clavier' });
    } finally {
      squatter.close();
    }
  });

  it('makes its database anew where a start was killed while making it', async () => {
    await mkdir(join(folder.path, 'postgres.new-half', 'base'), { recursive: true });
    await writeFile(join(folder.path, 'postgres.new-half', 'PG_VERSION'), '18\n');
    const server = await start();
    expect(await answers(server)).toEqual({ name: 'clavier' });
    expect((await readdir(folder.path)).filter((name) => name.includes('.new-'))).toEqual([]);
  });

  it('says what is wrong, with the words of the server, where it cannot start', async () => {
    const first = await start();
    await first[Symbol.asyncDispose]();
    await writeFile(join(folder.path, 'postgres', 'PG_VERSION'), '9.6\n');
    await expect(start()).rejects.toThrow(/PostgreSQL did not start(.|\n)*not compatible with this version/);
    await rm(join(folder.path, 'postgres-password'));
    await expect(start()).rejects.toThrow(/postgres-password is missing/);
  });

  it('works in a data folder that only its owner may enter, and leaves its permissions alone', async () => {
    const dataFolder = join(folder.path, 'private', 'data');
    await mkdir(dataFolder, { recursive: true });
    await chmod(join(folder.path, 'private'), 0o700);
    const first = await start(dataFolder);
    // As root the server has another account, which cannot enter: its cluster then lies where the data folder says.
    const elsewhere = process.getuid?.() === 0 ? (await readFile(join(dataFolder, 'postgres-location'), 'utf8')).trim() : null;
    const elsewhereGuard = guardFolder(elsewhere ?? dataFolder);
    try {
      await runSql(first.url, "CREATE TABLE kept AS SELECT 'plum' AS fruit");
      await first[Symbol.asyncDispose]();
      const second = await start(dataFolder);
      expect((await runSql(second.url, 'SELECT fruit FROM kept')).rows).toEqual([{ fruit: 'plum' }]);
      await second[Symbol.asyncDispose]();
      expect((await stat(join(folder.path, 'private'))).mode & 0o777).toBe(0o700);
      expect((await stat(join(elsewhere ?? dataFolder, 'postgres'))).isDirectory()).toBe(true);
    } finally {
      elsewhereGuard[Symbol.dispose]();
      if (elsewhere !== null) await rm(elsewhere, { recursive: true, force: true });
    }
  });
});
