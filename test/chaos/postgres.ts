import { randomUUID } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { guardFolder } from '../store/guard.ts';
import { withDatabase } from '../store/server.ts';
import { runs } from '../system/process-tree.ts';
import { askPatiently } from './direct-database.ts';
import { sendSignal } from './marked-processes.ts';

/** SQLSTATE of a database that exists already. */
const duplicateDatabase = '42P04';

/** The PostgreSQL of a run, which can be stopped and restarted. */
export interface ChaosPostgres extends AsyncDisposable {
  /** Its port; another one after a restart if the old one was taken. */
  port(): number;
  /** Returns the address of a database, past every proxy. */
  url(database: string): string;
  /** Creates an empty database. @returns its name */
  createDatabase(purpose: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** Stops it immediately (sessions end at once, no shutdown checkpoint), waits some time, and starts it, with recovery. */
  restart(awaySeconds: number): Promise<void>;
}

/** Starts a server in `folder` with the durability that users have. It ends with this process, however that ends. */
export async function startChaosPostgres(folder: string): Promise<ChaosPostgres> {
  const dataFolder = join(folder, 'database');
  await mkdir(dataFolder, { recursive: true });
  await Promise.all([folder, dataFolder].map((path) => chmod(path, 0o755))); // a server started by root runs as another account
  const guard = guardFolder(dataFolder);
  const start = (): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataFolder, log: () => undefined });
  let server = await start();
  const url = (database: string): string => withDatabase(server.url, database);
  return {
    port: () => Number(new URL(server.url).port),
    url,
    createDatabase: async (purpose) => {
      const name = `chaos_${purpose}_${randomUUID().replaceAll('-', '')}`;
      await askPatiently(() => url('postgres'), `CREATE DATABASE ${name}`).catch((error: unknown) => {
        if (!(error instanceof pg.DatabaseError && error.code === duplicateDatabase)) throw error; // created by an attempt whose answer was lost
      });
      return name;
    },
    dropDatabase: async (name) => {
      await askPatiently(() => url('postgres'), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
    restart: async (awaySeconds) => {
      sendSignal(server.pid, 'SIGQUIT');
      while (runs(server.pid)) await delay(20);
      await delay(awaySeconds * 1000);
      server = await start();
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      guard[Symbol.dispose]();
      await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
