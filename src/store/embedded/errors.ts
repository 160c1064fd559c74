import type { Holder } from './lock-file.ts';

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

/** Another process uses the data folder. The message says which one, and since when. */
export class DataFolderBusyError extends Error {
  override readonly name = 'DataFolderBusyError';
  readonly pid: number;
  readonly since: string;

  constructor(dataFolder: string, { process: { pid, host }, verb, since }: Holder) {
    super(
      `${dataFolder} is in use by "${verb}", process ${pid} on ${host}, since ${since}: stop it, or set CLAVIER_DATA_DIR to another folder`,
    );
    this.pid = pid;
    this.since = since;
  }
}

/** This process lost the lock of its data folder, and must not use the folder any more. */
export class DataFolderLostError extends Error {
  override readonly name = 'DataFolderLostError';
}
