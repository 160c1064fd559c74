/** The embedded PostgreSQL cannot be used. The message says what is wrong and what may help. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** The embedded PostgreSQL died while it was in use, and cannot be started again. */
export class EmbeddedPostgresLostError extends Error {
  override readonly name = 'EmbeddedPostgresLostError';
}
