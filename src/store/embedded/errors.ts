/** The embedded PostgreSQL cannot be used. The message says what is wrong and what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** The embedded PostgreSQL ended while it was in use and cannot be restarted. */
export class EmbeddedPostgresLostError extends Error {
  override readonly name = 'EmbeddedPostgresLostError';
}
