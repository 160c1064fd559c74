import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { faultPoint } from '../../shared/fault-points.ts';
import type { DatabaseAddress } from './address.ts';
import { isOlder, oldestVersion } from './compatibility.ts';
import { connect, type DatabaseConnection } from './connect.ts';
import { MigrationError } from './errors.ts';
import { prepareSchema } from './fitness.ts';
import { sessionSettings } from './session.ts';

/** The migrations to apply and their database. */
export interface MigrateOptions {
  readonly address: DatabaseAddress;
  /** Folder of `<time>_<name>/migration.sql`. */
  readonly folder: string;
  /** Version of this code. */
  readonly version: string;
  readonly log: (message: string) => void;
}

interface Migration {
  readonly name: string;
  readonly file: string;
  readonly sql: string;
}

interface AppliedMigration {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** Key of the advisory lock that Prisma's own tool takes, so that the two exclude each other. */
const migrationLock = 72_707_369;
const lockLimitSeconds = 120;

/** A migration may take as long as it takes. */
const noLimits = { statementMs: 0, idleInTransactionMs: 0 };

/** The same statement as Prisma's. */
const createTable = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

/**
 * Applies the missing migrations in the order of their names, each in a transaction of its own, and records them as
 * `prisma migrate deploy` would. Several processes may start at once: one applies a migration, the others wait up to 120 s for it.
 * A transaction holds all that this needs, so that it works behind a pooler as well.
 *
 * @returns the names of the applied migrations
 * @throws MigrationError when a migration fails, an applied one was changed, the database needs a newer version than this one, or
 * another process has been migrating it for over 120 s; DatabaseUnfitError when the role may not create tables
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(options.folder);
  await using connection = await connect(options.address, sessionSettings({ ...options.address, limits: {} }, noLimits));
  const applied: string[] = [];
  for (;;) {
    const name = await applyNext(connection, migrations, options);
    if (name === null) return applied;
    applied.push(name);
    await faultPoint('migration.after');
    options.log(`applied migration ${name}`);
  }
}

/** Applies the first missing migration. @returns its name; null if none is missing */
async function applyNext(
  { client, begin }: DatabaseConnection,
  migrations: readonly Migration[],
  { address, version }: MigrateOptions,
): Promise<string | null> {
  await client.query(begin);
  try {
    await lock(client);
    const applied = await readApplied(client);
    const oldest = await oldestVersion(client);
    if (oldest !== null && isOlder(version, oldest)) {
      throw new MigrationError(
        `the database needs version ${oldest} of Clavier or a newer one, and this is ${version}: start a newer version`,
      );
    }
    refuseMisfit(migrations, applied, oldest);
    const known = new Set(applied.map((row) => row.migration_name));
    const next = migrations.find((migration) => !known.has(migration.name)) ?? null;
    if (next !== null) {
      if (applied.length === 0) await prepareSchema({ client }, address);
      await client.query(createTable);
      await apply(client, next);
      await faultPoint('migration.before');
    }
    await client.query('COMMIT');
    return next?.name ?? null;
  } catch (error) {
    // If the connection is lost, the server has already rolled back. The first error is the one to report.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  // Sorted by code units, as Prisma sorts: the same order under any locale.
  return Promise.all(
    names.sort().map(async (name) => {
      const file = join(folder, name, 'migration.sql');
      return { name, file, sql: await readFile(file, 'utf8') };
    }),
  );
}

/** Waits for the lock and holds it until the transaction ends. */
async function lock(client: pg.ClientBase): Promise<void> {
  try {
    await client.query(`SET LOCAL lock_timeout = '${lockLimitSeconds}s'`);
    await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query('SET LOCAL lock_timeout = 0');
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError && cause.code === '55P03')) throw cause;
    throw new MigrationError(
      `another process has been migrating this database for over ${lockLimitSeconds} s: wait for it to end, or stop it`,
      { cause },
    );
  }
}

async function readApplied(client: pg.ClientBase): Promise<AppliedMigration[]> {
  const { rows: table } = await client.query<{ exists: boolean }>(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists`);
  if (!table[0]?.exists) return [];
  const { rows } = await client.query<AppliedMigration>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

/** Migrations that this version does not know are those of a newer one: they only expand, and the database says since when (`oldest`). */
function refuseMisfit(migrations: readonly Migration[], applied: readonly AppliedMigration[], oldest: string | null): void {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { migration_name: name, checksum, finished } of applied) {
    const migration = byName.get(name);
    if (migration === undefined) {
      if (oldest !== null) continue;
      throw new MigrationError(
        `the database is newer than this version of Clavier: it has migration ${name}, which this version does not know; start that newer version`,
      );
    }
    if (!finished) {
      throw new MigrationError(
        `migration ${name} was started by another tool and did not finish: resolve it with "prisma migrate resolve", then start again`,
      );
    }
    if (!checksumsOf(migration.sql).includes(checksum)) {
      throw new MigrationError(
        `${migration.file} was changed after it was applied to this database: restore the old text, and make a new migration for the change`,
      );
    }
  }
}

/** Computes the checksums of the text as it is, with LF and with CRLF line ends, because git may have converted them. */
function checksumsOf(sql: string): string[] {
  const unix = sql.replaceAll('\r\n', '\n');
  return [sql, unix, unix.replaceAll('\n', '\r\n')].map((text) => createHash('sha256').update(text).digest('hex'));
}

async function apply(client: pg.ClientBase, { name, file, sql }: Migration): Promise<void> {
  try {
    const id = randomUUID();
    const [checksum] = checksumsOf(sql);
    await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) VALUES ($1, $2, $3, clock_timestamp())', [
      id,
      checksum,
      name,
    ]);
    await client.query(sql);
    await client.query('UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE id = $1', [id]);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    const advice = isDenied(cause) ? ': apply the migrations once as the role that owns the tables (clavier migrate)' : '';
    throw new MigrationError(`${file}${lineOf(sql, cause)} failed and was rolled back: ${words}${advice}`, { cause });
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '42501';
}

/** Returns `:<line>` of a failed statement if PostgreSQL reports the character, or else nothing. */
function lineOf(sql: string, error: unknown): string {
  const position = error instanceof pg.DatabaseError ? Number(error.position) : Number.NaN;
  return Number.isInteger(position) ? `:${sql.slice(0, position - 1).split('\n').length}` : '';
}
