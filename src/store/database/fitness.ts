import type pg from 'pg';
import { z } from 'zod';
import type { DatabaseAddress } from './address.ts';
import type { DatabaseConnection } from './connect.ts';
import { DatabaseUnfitError } from './errors.ts';

/** Oldest PostgreSQL whose language our statements use. */
const oldestServer = 130_000;

const factsSchema = z.tuple([
  z.object({
    role: z.string(),
    database: z.string(),
    standby: z.boolean(),
    encoding: z.string(),
    version: z.number(),
    version_text: z.string(),
    replication_role: z.string(),
  }),
]);
type Facts = z.output<typeof factsSchema>[0];

/**
 * Checks what a client cannot set for itself.
 *
 * @throws DatabaseUnfitError that says what to change
 */
export async function refuseUnfitServer({ client, begin, pooled }: DatabaseConnection): Promise<void> {
  if (pooled) await refuseShortSessions(client);
  await client.query(begin);
  const { rows } = await client.query(`
    SELECT current_user AS role, current_database() AS database, pg_is_in_recovery() AS standby,
      current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int AS version,
      current_setting('server_version') AS version_text, current_setting('session_replication_role') AS replication_role`);
  await client.query('COMMIT');
  const [facts] = factsSchema.parse(rows);
  const words = unfitness(facts);
  if (words !== null) throw new DatabaseUnfitError(`DATABASE_URL cannot be used: ${words}`);
}

const idleSchema = z.array(z.object({ ms: z.number() }));
/** A pool closes a connection that it has not used for 10 s; a session that ends sooner fails a statement now and then. */
const shortestIdleMs = 15_000;

/** Behind a pooler the limit of an idle session is that of the server: it holds between transactions, where a client cannot set it. */
async function refuseShortSessions(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query(`SELECT setting::int AS ms FROM pg_settings WHERE name = 'idle_session_timeout' AND setting <> '0'`);
  const [limit] = idleSchema.parse(rows);
  if (limit === undefined || limit.ms >= shortestIdleMs) return;
  throw new DatabaseUnfitError(
    `DATABASE_URL cannot be used: the server ends sessions that are idle for ${limit.ms} ms, behind a pooler: set idle_session_timeout of the role and the database to 0`,
  );
}

function unfitness({
  role,
  database,
  standby,
  encoding,
  version,
  version_text: text,
  replication_role: replication,
}: Facts): string | null {
  if (version < oldestServer) return `the server is PostgreSQL ${text}; Clavier needs version 13 or newer`;
  if (standby) return 'the server is a standby, which can only be read: give the address of the primary server';
  if (encoding !== 'UTF8')
    return `the database ${database} has the encoding ${encoding}; Clavier needs UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`;
  if (replication !== 'origin')
    return `the role ${role} has session_replication_role=${replication}, which switches foreign keys off: ALTER ROLE ${quoted(role)} RESET session_replication_role, and the same of the database`;
  return null;
}

const rightsSchema = z.tuple([
  z.object({ role: z.string(), database: z.string(), has_schema: z.boolean(), may_create: z.boolean(), may_add_schema: z.boolean() }),
]);

/**
 * Checks the rights of the role before tables are made, and makes the schema of the address if there is none.
 *
 * @throws DatabaseUnfitError that says which right is missing
 */
export async function prepareSchema(
  { client }: Pick<DatabaseConnection, 'client'>,
  { schema }: Pick<DatabaseAddress, 'schema'>,
): Promise<void> {
  const { rows } = await client.query(
    `SELECT current_user AS role, current_database() AS database, spaces.oid IS NOT NULL AS has_schema,
       COALESCE(has_schema_privilege(spaces.oid, 'CREATE'), false) AS may_create,
       has_database_privilege(current_database(), 'CREATE') AS may_add_schema
     FROM (VALUES ($1::text)) AS wanted (name) LEFT JOIN pg_namespace AS spaces ON spaces.nspname = wanted.name`,
    [schema],
  );
  const [{ role, database, has_schema: exists, may_create: mayCreate, may_add_schema: mayAdd }] = rightsSchema.parse(rows);
  if (exists && mayCreate) return;
  if (!exists && mayAdd) {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`);
    return;
  }
  const what = exists ? `may not create tables in the schema ${schema}` : `may not create the schema ${schema}`;
  const grant = exists
    ? `GRANT CREATE ON SCHEMA ${quoted(schema)} TO ${quoted(role)}`
    : `CREATE SCHEMA ${quoted(schema)} AUTHORIZATION ${quoted(role)}`;
  const other = exists ? ', or name a schema of its own in the address (?schema=…)' : '';
  throw new DatabaseUnfitError(`DATABASE_URL cannot be used: the role ${role} ${what} of the database ${database}: run ${grant}${other}`);
}

const noticeSchema = z.tuple([z.object({ is_new: z.boolean(), others: z.boolean() })]);

/** Notices that a schema has no tables yet while the schema public has those of an installation: 0.1.0 ignored the schema of an address. */
export async function noticeOfNewSchema(
  { client, begin }: Pick<DatabaseConnection, 'client' | 'begin'>,
  { schema }: Pick<DatabaseAddress, 'schema'>,
): Promise<string | null> {
  if (schema === 'public') return null;
  await client.query(begin);
  const { rows } = await client.query(
    `SELECT to_regclass('_prisma_migrations') IS NULL AS is_new, to_regclass('public._prisma_migrations') IS NOT NULL AS others`,
  );
  await client.query('COMMIT');
  const [{ is_new: isNew, others }] = noticeSchema.parse(rows);
  if (!isNew || !others) return null;
  return `the schema ${schema} has no tables yet, and another installation has its tables in the schema public: to use those, drop schema= from DATABASE_URL`;
}

const tableSchema = z.array(z.object({ role: z.string(), name: z.string() }));

/** Checks that the role may read and write every table. @throws DatabaseUnfitError that says which right is missing */
export async function refuseMissingRights(
  { client, begin }: DatabaseConnection,
  { schema }: Pick<DatabaseAddress, 'schema'>,
): Promise<void> {
  await client.query(begin);
  const { rows } = await client.query(
    `SELECT current_user AS role, relname AS name FROM pg_class JOIN pg_namespace AS spaces ON spaces.oid = relnamespace
     WHERE nspname = $1 AND CASE relkind
       WHEN 'r' THEN relname <> '_prisma_migrations' AND NOT (has_table_privilege(pg_class.oid, 'SELECT') AND has_table_privilege(pg_class.oid, 'INSERT')
         AND has_table_privilege(pg_class.oid, 'UPDATE') AND has_table_privilege(pg_class.oid, 'DELETE'))
       WHEN 'S' THEN NOT has_sequence_privilege(pg_class.oid, 'USAGE') ELSE false END
     ORDER BY relname LIMIT 1`,
    [schema],
  );
  await client.query('COMMIT');
  const [first] = tableSchema.parse(rows);
  if (!first) return;
  const { role, name } = first;
  const grant = `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${quoted(schema)} TO ${quoted(role)}`;
  throw new DatabaseUnfitError(`DATABASE_URL cannot be used: the role ${role} may not read and write ${schema}.${name}: run ${grant}`);
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
