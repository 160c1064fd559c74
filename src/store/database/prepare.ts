import { connect } from './connect.ts';
import { DatabaseUnfitError, MigrationError } from './errors.ts';
import { noticeOfNewSchema, refuseMissingRights, refuseUnfitServer } from './fitness.ts';
import { type MigrateOptions, migrate } from './migrations.ts';
import { sessionSettings } from './session.ts';
import { meansUnreachable } from './unreachable.ts';

/** Limits of the checks, in milliseconds. */
const limits = { statementMs: 60_000, idleInTransactionMs: 60_000 };

/**
 * Makes a database ready: checks the server and the role, and applies the missing migrations.
 *
 * @throws DatabaseUnfitError when the server, the role or the connection is at fault; MigrationError as `migrate` does
 */
export async function prepareDatabase(options: MigrateOptions): Promise<void> {
  try {
    await prepare(options);
  } catch (error) {
    if (error instanceof DatabaseUnfitError || error instanceof MigrationError || !meansUnreachable(error)) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw new DatabaseUnfitError(`the database was lost during the start (${words}): start again when it answers`, { cause: error });
  }
}

async function prepare(options: MigrateOptions): Promise<void> {
  const { address, log } = options;
  await using connection = await connect(address, sessionSettings(address, limits));
  if (connection.pooled) log('the database is behind a connection pooler: each statement is a transaction of its own');
  await refuseUnfitServer(connection);
  const notice = await noticeOfNewSchema(connection, address);
  if (notice !== null) log(notice);
  await migrate(options);
  await refuseMissingRights(connection, address);
}
