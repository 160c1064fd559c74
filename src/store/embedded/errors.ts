/** The embedded PostgreSQL cannot be used. The message says what is wrong and what may help. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
