/**
 * The database cannot be used as it is, or its address says something that cannot be done. The message is one line that names the
 * setting to check and says what to do; it never contains a password.
 */
export class DatabaseUnfitError extends Error {
  override readonly name = 'DatabaseUnfitError';
}

/** The database does not match the migrations of this version, or a migration failed. A failed migration leaves no trace. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
