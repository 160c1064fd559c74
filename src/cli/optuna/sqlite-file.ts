import { copyFile, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UsageError } from '../exit-codes.ts';
import type { Query } from './sql-rows.ts';

/** The database and its write-ahead log. */
const parts = ['', '-wal'] as const;

/**
 * Runs queries on a SQLite file. They read a copy: nothing is locked, changed or written beside the file.
 *
 * @throws UsageError if it has an unfinished transaction, or if it does not stop changing while it is copied
 */
export async function withSqliteFile<Result>(path: string, work: (query: Query) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'clavier-optuna-'));
  try {
    const copy = join(folder, 'storage.db');
    await copyUnchanged(path, copy);
    return await withCopy(copy, work);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withCopy<Result>(path: string, work: (query: Query) => Promise<Result>): Promise<Result> {
  // Loaded here because no other command needs it.
  const { default: sqlite } = await import('node-sqlite3-wasm');
  const database = new sqlite.Database(path, { fileMustExist: true });
  try {
    // A write-ahead log can be read only by an exclusive connection, since WebAssembly has no shared memory.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    return await work(async (statement, values) => database.all(statement, named(values)));
  } finally {
    database.close();
  }
}

/** SQLite takes $1 for a name. */
function named(values: readonly (string | number)[]): Record<string, string | number> {
  return Object.fromEntries(values.map((value, index) => [`$${index + 1}`, value]));
}

const attempts = 20;
const pauseMs = 100;

/** Copies the parts of a database at a moment at which no process writes to it. */
async function copyUnchanged(from: string, to: string): Promise<void> {
  let isUnfinished = false;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) await delay(pauseMs);
    const before = await stateOf(from);
    for (const part of parts) await copyIfThere(from + part, to + part);
    isUnfinished = await hasTransaction(from);
    if (!isUnfinished && (await stateOf(from)) === before) return;
  }
  throw new UsageError(
    isUnfinished
      ? `${from} has an unfinished transaction (${from}-journal): if no process uses it, open it with Optuna once, which rolls it back; then try again`
      : `${from} changes while it is read: stop the Optuna processes that use it, or try again`,
  );
}

/** True if a rollback journal has a header: its transaction is in progress, or its process died. */
async function hasTransaction(path: string): Promise<boolean> {
  try {
    await using journal = await open(`${path}-journal`);
    const { buffer, bytesRead } = await journal.read(Buffer.alloc(1), 0, 1, 0);
    return bytesRead === 1 && buffer[0] !== 0;
  } catch (error) {
    if (!isMissing(error)) throw error;
    return false;
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await rm(to, { force: true });
  }
}

/** Sizes and times of the parts, as text to compare. */
async function stateOf(path: string): Promise<string> {
  const states = await Promise.all(
    parts.map(async (part) => {
      try {
        const { size, mtimeNs } = await stat(path + part, { bigint: true });
        return `${size} ${mtimeNs}`;
      } catch (error) {
        if (!isMissing(error)) throw error;
        return 'missing';
      }
    }),
  );
  return states.join(', ');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
