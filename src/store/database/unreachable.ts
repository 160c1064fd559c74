import { DatabaseUnreachableError } from '../../shared/database-unreachable.ts';

/**
 * Codes that mean that PostgreSQL cannot be reached or is going away: those of Node's sockets, the SQLSTATEs of a
 * connection that ended or was refused (57P01 to 57P03: the server is shutting down, has crashed, or is starting) or of a
 * statement that timed out, that of a server that became a standby (25006), and the database client's own codes for the same.
 */
const codes =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT|08\w{3}|25006|57014|57P0[1-5]|53\w{3}|3D000|P1001|P1002|P1003|P1008|P1011|P1017|P2024|P2028|P2037)$/;
/** The database client's names for the same where it keeps no code, as for a raw statement whose connection was reset. */
const kinds = /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TlsConnectionError|TooManyConnections)$/;
/** Messages of driver errors that have no code. */
const messages =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout|Can't reach database server|Server has closed the connection/i;
const maxCauseDepth = 5;

/** Wraps an error of the database's client that means that the database is unreachable. Any other error is returned as it is. */
export function domainError(error: unknown): unknown {
  if (error instanceof DatabaseUnreachableError || !meansUnreachable(error)) return error;
  const lastLine = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
  return new DatabaseUnreachableError(`the database cannot be reached: ${lastLine}`, { cause: error });
}

/**
 * Tells whether a statement failed, directly or through one of its causes, because the database is unreachable. The same
 * statement may succeed later. Pass errors of database calls only: a missing file also has a code of the list (ENOENT).
 */
export function meansUnreachable(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > maxCauseDepth) return false;
  const fields: Readonly<Record<string, unknown>> = { ...error };
  if ([fields.code, fields.originalCode].some((code) => typeof code === 'string' && codes.test(code))) return true;
  if (typeof fields.kind === 'string' && kinds.test(fields.kind)) return true;
  // PostgreSQL closes the connection after every error of these severities.
  if (fields.severity === 'FATAL' || fields.severity === 'PANIC') return true;
  if (error instanceof Error && messages.test(error.message)) return true;
  const causes = [error instanceof Error ? error.cause : fields.cause, fields.meta, fields.driverAdapterError];
  const several = error instanceof AggregateError ? error.errors : [];
  return [...causes, ...several].some((cause) => meansUnreachable(cause, depth + 1));
}
