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

it('the secrets of the process are cut from every line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clavier-log-'));
  try {
    const file = join(folder, 'log');
    const secrets = { key: 'open "sesame" 1', databaseUrl: 'postgresql://user:hunter2hunter2@db.example/tuning' };
    const log = createLog({ ...plain, ...secrets }, { file });
    log.info({ err: new Error(`cannot reach ${secrets.databaseUrl}`), header: `Bearer ${secrets.key}` }, 'failed with hunter2hunter2');
    log.info('end');
    await eventually(() => existsSync(file), { until: 'the log file is there' });
    await eventually(async () => expect(await readFile(file, 'utf8')).toContain('"msg":"end"'));
    const text = await readFile(file, 'utf8');
    expect(text).not.toMatch(/sesame|hunter2/);
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ header: 'Bearer …', msg: 'failed with …' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
