import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { readAddress } from '../../src/store/database/address.ts';
import { type Database, openDatabase } from '../../src/store/database/database.ts';
import { migrate } from '../../src/store/database/migrations.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { version as clavierVersion } from '../../src/version.ts';

/** Connections of the pool that the runners share: as many as a service uses by default. */
const connections = 10;

/** The benchmark's own database, with all tables. Disposing it drops it and stops the server that was started for it. */
export interface BenchDatabase extends AsyncDisposable {
  readonly database: Database;
  /** Its address. */
  readonly url: string;
  /** Version of the server. */
  readonly version: string;
  /** Runs a statement that no port of the service covers. */
  sql(text: string, values?: readonly unknown[]): Promise<void>;
}

/** Creates the database on a given server or on one that it starts. */
export async function openBenchDatabase(server: string | null): Promise<BenchDatabase> {
  const owned: AsyncDisposable[] = [];
  const close = async (): Promise<void> => {
    for (let last = owned.pop(); last; last = owned.pop()) await last[Symbol.asyncDispose]();
  };
  try {
    return { ...(await openOn(server ?? (await startOwnServer(owned)), owned)), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openOn(server: string, owned: AsyncDisposable[]): Promise<Omit<BenchDatabase, keyof AsyncDisposable>> {
  const admin = await connected(server, owned);
  const name = `clavier_bench_${randomUUID().replaceAll('-', '')}`;
  await admin.query(`CREATE DATABASE ${name}`);
  owned.push({
    [Symbol.asyncDispose]: async () => {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  });
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrate({ address: readAddress(url.href), folder: resolve('prisma/migrations'), version: clavierVersion, log: () => undefined });
  const database = openDatabase({ address: readAddress(url.href), connections });
  owned.push(database);
  const client = await connected(url.href, owned);
  const version: string = (await client.query('SHOW server_version')).rows[0].server_version;
  const sql = async (text: string, values: readonly unknown[] = []): Promise<void> => {
    await client.query(text, [...values]);
  };
  return { database, url: url.href, version, sql };
}

/** Creates a folder that every account may enter, because a server started by root runs as another account. */
async function startOwnServer(owned: AsyncDisposable[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'clavier-bench-'));
  owned.push({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) });
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataFolder: folder, log: () => undefined });
  owned.push(server);
  return server.url;
}

async function connected(url: string, owned: AsyncDisposable[]): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  owned.push({ [Symbol.asyncDispose]: () => client.end() });
  return client;
}
