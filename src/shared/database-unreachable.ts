/** PostgreSQL cannot be reached, is going away, or answers too late: the same call may succeed later. `cause` is the client's error. */
export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError';
}

/** Tells whether a call of the store failed because the database is unreachable. */
export function isDatabaseUnreachable(error: unknown): error is DatabaseUnreachableError {
  return error instanceof DatabaseUnreachableError;
}
