import { expect, it } from 'vitest';
import { EmbeddedPostgresError, throwIfDiskFull } from '../../../src/store/embedded/errors.ts';

const noSpace =
  'creating subdirectories ... ok\n2026-11-29 FATAL:  could not write to file "base/1/1247": No space left on device\nchild process exited';

it.each([noSpace, 'could not extend file "base/5/1249": Disk quota exceeded'])(
  'a full disk in the output of PostgreSQL is one line with the folder and the setting',
  (output) => {
    const words = 'no space is left for PostgreSQL in /data: make room there, or set CLAVIER_DATA_DIR to another folder';
    expect(() => throwIfDiskFull(output, '/data')).toThrow(new EmbeddedPostgresError(words));
  },
);

it('another failure of PostgreSQL is not a full disk', () => {
  expect(() => throwIfDiskFull('initdb: error: invalid locale settings', '/data')).not.toThrow();
});
