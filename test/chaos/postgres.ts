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

/** SQLSTATE of a database that is there already. */
const duplicateDatabase = '42P04';

/** The PostgreSQL of a run, which can be taken away. */
export interface ChaosPostgres extends AsyncDisposable {
  /** The port that it listens on; another one after a restart where the old one was taken. */
  port(): number;
  /** Address of a database, past every proxy. */
  url(database: string): string;
  /** @returns the name of a new database without anything in it */
  createDatabase(purpose: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** An immediate stop (every session ends in the middle, no shutdown checkpoint), some time without it, and a start with its recovery. */
  restart(awaySeconds: number): Promise<void>;
}

/** Starts a server of its own in `folder`, as durable as users have it. It ends with this process, however that ends. */
export async function startChaosPostgres(folder: string): Promise<ChaosPostgres> {
  const dataFolder = join(folder, 'database');
  await mkdir(dataFolder, { recursive: true });
  await Promise.all([folder, dataFolder].map((path) => chmod(path, 0o755))); // a server run by root has another account
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
        if (!(error instanceof pg.DatabaseError && error.code === duplicateDatabase)) throw error; // made by a try whose answer was lost
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
