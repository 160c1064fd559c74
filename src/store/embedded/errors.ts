/** The embedded PostgreSQL cannot be used. The message says what is wrong and what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** The embedded PostgreSQL ended while it was in use and cannot be restarted. */
export class EmbeddedPostgresLostError extends Error {
  override readonly name = 'EmbeddedPostgresLostError';
}

/** @throws EmbeddedPostgresError, in one line, when the output of a program says that the disk of a folder is full */
export function throwIfDiskFull(output: string, folder: string): void {
  if (/No space left on device|Disk quota exceeded/.test(output))
    throw new EmbeddedPostgresError(
      `no space is left for PostgreSQL in ${folder}: make room there, or set CLAVIER_DATA_DIR to another folder`,
    );
}
