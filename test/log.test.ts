import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLog } from '../src/log.ts';
import { eventually } from './support/eventually.ts';

/** Where the system has it, a disk that is always full; elsewhere a folder, which cannot be written either. */
const unwritable = existsSync('/dev/full') ? '/dev/full' : tmpdir();

const plain = { logLevel: 'info', key: null, databaseUrl: null } as const;

it('a log that cannot be written says so once and goes on', async () => {
  const faults: string[] = [];
  const log = createLog(plain, { file: unwritable }, (text) => faults.push(text));
  log.info('lost');
  await eventually(() => expect(faults).toHaveLength(1));
  expect(faults[0]).toMatch(/^the log cannot be written, and ends here: E(NOSPC|ISDIR)/);
  log.info('lost as well');
  await new Promise((done) => setImmediate(done));
  expect(faults).toHaveLength(1);
});

it('a log file that cannot be opened is told, and one that can gets the lines', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clavier-log-'));
  try {
    const faults: string[] = [];
    createLog(plain, { file: join(folder, 'missing', 'log') }, (text) => faults.push(text)).info('lost');
    const file = join(folder, 'log');
    createLog(plain, { file }, (text) => faults.push(text)).info('kept');
    await eventually(() => existsSync(file), { until: 'the log file is there' });
    await eventually(async () => expect(await readFile(file, 'utf8')).toContain('"msg":"kept"'));
    await eventually(() => expect(faults).toHaveLength(1));
    expect(faults[0]).toContain('ENOENT');
  } finally {
    await rm(folder, { recursive: true });
  }
});
