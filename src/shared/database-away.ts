/**
 * What says that PostgreSQL cannot be reached or is going away: the codes of Node's sockets, the SQLSTATEs of a
 * connection that ended or was refused (57P01 to 57P03: it shuts down, crashed, or starts) or of a statement that took too
 * long, and those of the database client for the same.
 */
const codes =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT|08\w{3}|57014|57P0[1-5]|53\w{3}|3D000|P1001|P1002|P1003|P1008|P1011|P1017|P2024|P2028|P2037)$/;
/** What the database client calls the same where it keeps no code of it: of a statement of our own, say, whose connection was reset. */
const kinds = /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TlsConnectionError|TooManyConnections)$/;
/** Errors of the driver that have no code. */
const messages =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Can't reach database server|Server has closed the connection/i;
const deepest = 5;

/**
 * Whether an error that a statement ended with, or what caused it, is a database that cannot be reached: the same may succeed
 * later. Asked of errors of the database only: a missing file has codes of the list too.
 */
export function isDatabaseAway(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > deepest) return false;
  const fields: Readonly<Record<string, unknown>> = { ...error };
  if ([fields.code, fields.originalCode].some((code) => typeof code === 'string' && codes.test(code))) return true;
  if (typeof fields.kind === 'string' && kinds.test(fields.kind)) return true;
  // PostgreSQL ends the connection with every error of these severities.
  if (fields.severity === 'FATAL' || fields.severity === 'PANIC') return true;
  if (error instanceof Error && messages.test(error.message)) return true;
  const causes = [error instanceof Error ? error.cause : fields.cause, fields.meta, fields.driverAdapterError];
  const several = error instanceof AggregateError ? error.errors : [];
  return [...causes, ...several].some((cause) => isDatabaseAway(cause, depth + 1));
}
