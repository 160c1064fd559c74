import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { faultPoint } from '../../shared/fault-points.ts';
import { isOlder, oldestVersion } from './compatibility.ts';

/** The database and the migrations of this version do not fit, or a migration failed. Nothing of the failed one remains. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** What is applied, and to which database: an address, or a connection of the caller's. */
export type MigrateOptions = {
  /** Folder of `<time>_<name>/migration.sql`. */
  readonly folder: string;
  /** Version of this code. */
  readonly version: string;
  readonly log: (message: string) => void;
} & ({ readonly url: string } | { readonly client: pg.ClientBase });

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

/** The key under which Prisma's own tool migrates, so that the two exclude each other. */
const MIGRATION_LOCK = 72_707_369;
const LOCK_LIMIT_SECONDS = 120;

/** As Prisma creates it. */
const CREATE_TABLE = `
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
 * Applies the migrations that a database lacks, in the order of their names, each in a transaction of its own, and
 * records them as `prisma migrate deploy` would. Safe with several processes starting at once: one applies, the others
 * wait and find nothing to do.
 *
 * @returns the names it applied
 * @throws MigrationError where a migration fails, an applied one was changed, or the database needs a newer version than this one
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(options.folder);
  if ('client' in options) return withLock(options.client, () => applyMissing(options.client, migrations, options));
  const client = new pg.Client({ connectionString: options.url });
  client.on('error', () => undefined); // a connection that is lost fails the statement at hand, or the next
  await client.connect();
  try {
    return await withLock(client, () => applyMissing(client, migrations, options));
  } finally {
    await client.end();
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  // Code units, as Prisma sorts: the same order under any locale.
  return Promise.all(
    names.sort().map(async (name) => {
      const file = join(folder, name, 'migration.sql');
      return { name, file, sql: await readFile(file, 'utf8') };
    }),
  );
}

/** A lock of the session, not of a transaction: it spans the transactions of all migrations, and ends with the connection. */
async function withLock<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  try {
    await client.query(`SET lock_timeout = '${LOCK_LIMIT_SECONDS}s'`);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError && cause.code === '55P03')) throw cause;
    throw new MigrationError(`another process has been migrating this database for over ${LOCK_LIMIT_SECONDS} s: wait for it, or end it`, {
      cause,
    });
  } finally {
    await client.query('RESET lock_timeout');
  }
  try {
    return await work();
  } finally {
    // The lock of a connection that is lost ended with it.
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
  }
}

async function applyMissing(
  client: pg.ClientBase,
  migrations: readonly Migration[],
  { version, log }: Pick<MigrateOptions, 'version' | 'log'>,
): Promise<string[]> {
  await client.query(CREATE_TABLE);
  const applied = await readApplied(client);
  const oldest = await oldestVersion(client);
  if (oldest !== null && isOlder(version, oldest)) {
    throw new MigrationError(
      `the database needs version ${oldest} of Clavier or a newer one, and this is ${version}: start a newer version`,
    );
  }
  refuseMisfit(migrations, applied, oldest);
  const known = new Set(applied.map((row) => row.migration_name));
  const missing = migrations.filter((migration) => !known.has(migration.name));
  for (const migration of missing) {
    await apply(client, migration);
    await faultPoint('migration.after');
    log(`applied migration ${migration.name}`);
  }
  return missing.map((migration) => migration.name);
}

async function readApplied(client: pg.ClientBase): Promise<AppliedMigration[]> {
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
        `the database is newer than this version of Clavier: it has migration ${name}, which this version does not know; start the newer version`,
      );
    }
    if (!finished) {
      throw new MigrationError(
        `migration ${name} was begun by another tool and did not finish: resolve it with "prisma migrate resolve", then start again`,
      );
    }
    if (!checksumsOf(migration.sql).includes(checksum)) {
      throw new MigrationError(
        `${migration.file} was changed after it was applied to this database: put the old text back, and make a new migration of the change`,
      );
    }
  }
}

/** The checksum of the text, then of its two spellings of line ends: git may have changed them on the way. */
function checksumsOf(sql: string): string[] {
  const unix = sql.replaceAll('\r\n', '\n');
  return [sql, unix, unix.replaceAll('\n', '\r\n')].map((text) => createHash('sha256').update(text).digest('hex'));
}

async function apply(client: pg.ClientBase, { name, file, sql }: Migration): Promise<void> {
  await client.query('BEGIN');
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
    await faultPoint('migration.before');
    await client.query('COMMIT');
  } catch (cause) {
    // On a connection that is lost the server has rolled back already; what failed first is what matters.
    await client.query('ROLLBACK').catch(() => undefined);
    throw new MigrationError(
      `${file}${lineOf(sql, cause)} failed and was rolled back: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** `:<line>` of a statement that PostgreSQL refused, where it says at which character. */
function lineOf(sql: string, error: unknown): string {
  const position = error instanceof pg.DatabaseError ? Number(error.position) : Number.NaN;
  return Number.isInteger(position) ? `:${sql.slice(0, position - 1).split('\n').length}` : '';
}
