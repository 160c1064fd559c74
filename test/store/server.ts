import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import pg from 'pg';
import { readAddress } from '../../src/store/database/address.ts';
import { migrate } from '../../src/store/database/migrations.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { version } from '../../src/version.ts';
import { guardFolder } from './guard.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A PostgreSQL for one run of the tests, with a template database that has all migrations. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  /** Name of the template database. */
  readonly template: string;
}

/** Starts an embedded server, or uses the one of `externalUrl`, and prepares the template. */
export async function startTestServer(externalUrl: string | undefined): Promise<TestServer> {
  const server = externalUrl === undefined ? await startOwnServer() : { url: externalUrl, [Symbol.asyncDispose]: async () => undefined };
  const template = newDatabaseName('template');
  const dispose = async (): Promise<void> => {
    try {
      await runSql(server.url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    } finally {
      await server[Symbol.asyncDispose]();
    }
  };
  try {
    await runSql(server.url, `CREATE DATABASE ${template}`);
    const folder = resolve(import.meta.dirname, '../../prisma/migrations');
    if (existsSync(folder))
      await migrate({ address: readAddress(withDatabase(server.url, template)), folder, version, log: () => undefined });
  } catch (error) {
    await dispose();
    throw error;
  }
  return { url: server.url, template, [Symbol.asyncDispose]: dispose };
}

async function startOwnServer(): Promise<AsyncDisposable & { url: string }> {
  const folder = await temporaryFolder();
  const guard = guardFolder(folder.path);
  const server = await startEmbeddedPostgres({ dataFolder: folder.path, log: () => undefined, durable: false });
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      guard[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Makes a name that no other run uses. */
export function newDatabaseName(purpose: string): string {
  return `clavier_${purpose}_${randomUUID().replaceAll('-', '')}`;
}

/** Runs one statement on its own connection. */
export async function runSql(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Returns the address of another database on the same server. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

/** Returns the address with these parameters alone. */
export function withQuery(url: string, query: string): string {
  const changed = new URL(url);
  changed.search = query;
  return changed.href;
}
