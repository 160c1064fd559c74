/** The PostgreSQL of a run, and the scenes in it. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const processor = 'a processor of the fixtures';
const preloadProcessor = `data:text/javascript,import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module'; const cpus = os.cpus(); os.cpus = () => cpus.map((cpu) => ({ ...cpu, model: '${processor}' })); syncBuiltinESMExports();`;

export async function openWorkshop(checkout) {
  const pg = createRequire(join(checkout, 'package.json'))('pg');
  const { startEmbeddedPostgres } = await import(pathToFileURL(join(checkout, 'dist/store/embedded/start.js')));
  const folder = await mkdtemp(join(tmpdir(), 'clavier-fixtures-'));
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataFolder: join(folder, 'server'), log: () => undefined, durable: false });
  const close = async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const scene = async (name) => ({
    ...(await openScene({ checkout, pg, folder: join(folder, `${name}-${randomUUID()}`), server: server.url })),
    another: () => scene('another'),
  });
  return { close, scene };
}

async function openScene({ checkout, pg, folder, server }) {
  const dataset = join(folder, 'dataset');
  await mkdir(dataset, { recursive: true });
  const database = `scene_${randomUUID().replaceAll('-', '')}`;
  const sql = (url) => async (text) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  await sql(server)(`CREATE DATABASE ${database}`);
  const url = Object.assign(new URL(server), { pathname: `/${database}` }).href;
  const behave = async (kind, epoch = 1, then = undefined) => {
    await rm(join(dataset, 'release'), { force: true });
    await writeFile(join(dataset, 'behaviour.json'), JSON.stringify({ kind, epoch, then }));
  };
  await behave('train');
  return {
    folder,
    sql: sql(url),
    behave,
    /** Lets go on what holds, and lets nothing hold. */
    release: async () => {
      await behave('train');
      await writeFile(join(dataset, 'release'), '');
    },
    /** @param verb `api` has no runner: what is there stays as it is */
    start: (verb = 'serve') => startService({ checkout, folder, url, verb }),
  };
}

/** A service of the old version, one training at a time, so that the order of its trainings is the same in every run. */
async function startService({ checkout, folder, url, verb }) {
  const nodeArguments = ['--import', preloadProcessor, '--import', join(checkout, 'test/faults/preload.mjs')];
  const env = {
    PATH: process.env.PATH,
    FAKE_TRAINER: '1',
    DATABASE_URL: url,
    CLAVIER_DATA_DIR: folder,
    CLAVIER_PORT: '0',
    CLAVIER_SLOTS: '1',
    CLAVIER_LEASE_SECONDS: '20',
    CLAVIER_HEARTBEAT_SECONDS: '0.2',
    CLAVIER_SWEEP_SECONDS: '0.2',
    CLAVIER_LOG_LEVEL: 'info',
  };
  const child = spawn(process.execPath, [...nodeArguments, join(checkout, 'dist/main.js'), verb], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const exited = new Promise((settle) => child.once('exit', settle));
  const address = () => /listening on (http:\/\/[^;\s"]+)/.exec(output)?.[1];
  await until(() => {
    if (child.exitCode !== null) throw new Error(`the service ended: ${output}`);
    return address() !== undefined;
  });
  const ask = async (method, path, body) => {
    const response = await fetch(`${address()}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  };
  return {
    text: (path) => ask('GET', path),
    get: async (path) => JSON.parse(await ask('GET', path)),
    post: async (path, body) => JSON.parse(await ask('POST', path, body)),
    /** SIGKILL, as a machine that loses its power; trainers end when their channel closes. */
    kill: () => {
      child.kill('SIGKILL');
      return exited;
    },
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

export async function until(check, { seconds = 60, everyMs = 3 } = {}) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await delay(everyMs)) if (await check()) return;
  throw new Error(`waited ${seconds} s in vain for ${check}`);
}

/** Waits until a study or a campaign has ended. */
export function ended(service, path) {
  return until(async () => (await service.get(path)).endedAt !== null, { seconds: 120, everyMs: 50 });
}
