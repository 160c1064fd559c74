import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataFolderLock, type LockOptions, lockDataFolder } from '../../../src/store/embedded/data-folder-lock.ts';
import { DataFolderBusyError, DataFolderLostError } from '../../../src/store/embedded/errors.ts';
import { readHolder, stateOf, textOf, writeBeat } from '../../../src/store/embedded/lock-file.ts';
import { isAlive, processIdentity, thisProcess } from '../../../src/store/runners/process-identity.ts';
import { builtFile } from '../../support/built.ts';
import { eventually } from '../../support/eventually.ts';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

const compiled = builtFile('store/embedded/data-folder-lock.ts');

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Takes the lock in this process. The times are those of a test, unless they are given. */
function lock(options: Partial<LockOptions> = {}): Promise<DataFolderLock> {
  const onLost = (error: DataFolderLostError): never => expect.unreachable(error.message);
  return lockDataFolder(folder.path, { verb: 'serve', onLost, log: () => undefined, abandonedAfterMs: 300, settleMs: 0, ...options });
}

/** A process that tries to take the lock, says `held` or `busy`, and holds on until it is killed. It says `lost` if it loses the lock. */
function contender() {
  const script = `
    import { lockDataFolder } from ${JSON.stringify(compiled)};
    const wait = setInterval(() => {}, 1000);
    const options = { verb: 'serve', beatMs: 50, log: () => {}, onLost: () => console.log('lost') };
    try { await lockDataFolder(${JSON.stringify(folder.path)}, options); console.log('held'); }
    catch (error) { console.log(error.name === 'DataFolderBusyError' ? 'busy' : error.stack); clearInterval(wait); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const answer = once(child.stdout, 'data').then(([chunk]) => String(chunk).trim());
  const ended = once(child, 'exit');
  const next = (): Promise<string> => once(child.stdout, 'data').then(([chunk]) => String(chunk).trim());
  return { child, answer, next, ended };
}

const otherProcess = { ...thisProcess(), host: 'another-machine' };
const leftBehind = (process: ReturnType<typeof thisProcess>) =>
  textOf({ process, verb: 'serve', since: '2026-01-01T00:00:00.000Z', released: false });

async function leaveLock(process: ReturnType<typeof thisProcess>): Promise<string> {
  await using _ = await lock();
  const file = join(folder.path, 'locks', '2.json');
  await writeFile(file, leftBehind(process));
  return file;
}

describe('lockDataFolder', () => {
  it('refuses a second holder and says who holds it, what it does and since when', async () => {
    await using _held = await lock();
    const refusal = await lock({ verb: 'runner' }).catch((error: unknown) => error);
    if (!(refusal instanceof DataFolderBusyError)) throw new Error(`not refused: ${String(refusal)}`);
    expect(refusal.pid).toBe(process.pid);
    expect(refusal.message).toContain(`"serve", process ${process.pid} on `);
    expect(refusal.message).toContain(`since ${refusal.since}`);
  });

  it('is free again once it is disposed, any number of times, and keeps no pile of files', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      await using _held = await lock();
    }
    expect(await readdir(join(folder.path, 'locks'))).toEqual(['4.json', '5.json']);
  });

  it('is taken over from a holder that was killed', async () => {
    const holder = contender();
    expect(await holder.answer).toBe('held');
    await expect(lock()).rejects.toThrow(`process ${holder.child.pid} `);
    holder.child.kill('SIGKILL');
    await holder.ended;
    await using _held = await lock();
  });

  it('is taken over where the number of the dead holder belongs to a later process', async () => {
    await leaveLock({ ...thisProcess(), startedAt: '1' });
    await using _held = await lock();
  });

  it.each([
    ['another machine', { host: 'another-machine' }],
    ['another machine of this host name, or this one before it started again', { boot: 'another-boot' }],
    ['another container of this host name', { pidNamespace: 'pid:[1]' }],
    ['a platform that tells nothing but the host name', { boot: '', pidNamespace: '' }],
  ])('of %s is taken over when it shows no beat, and not before', async (_, place) => {
    const file = await leaveLock({ ...thisProcess(), ...place, startedAt: '1' });
    let beats = 0;
    const living = setInterval(() => {
      beats += 1;
      void writeBeat(file, beats);
    }, 20);
    try {
      await expect(lock({ abandonedAfterMs: 30_000 })).rejects.toBeInstanceOf(DataFolderBusyError);
    } finally {
      clearInterval(living);
    }
    await using _held = await lock();
  });

  it('is free at once when the holder that it watches stops', async () => {
    const file = await leaveLock(otherProcess);
    const taking = lock({ abandonedAfterMs: 30_000 });
    await writeFile(file, leftBehind(otherProcess).replace('"released":false', '"released":true'));
    await using _held = await taking;
  });

  it('is taken over from a file that a power loss cut', async () => {
    await writeFile(await leaveLock(thisProcess()), '');
    await using _held = await lock();
  });

  it('watches a holder of an earlier version, which only touches its file', async () => {
    const file = await leaveLock(otherProcess);
    let touches = 0;
    const living = setInterval(() => {
      touches += 1;
      void utimes(file, touches, touches);
    }, 20);
    await expect(lock({ abandonedAfterMs: 30_000 })).rejects.toBeInstanceOf(DataFolderBusyError);
    clearInterval(living);
    await using _held = await lock();
  });

  it('beats while it is held, with a whole file at every moment', async () => {
    await using _held = await lock({ beatMs: 100 });
    const file = join(folder.path, 'locks', '1.json');
    const states = new Set<string | null>();
    await eventually(async () => {
      states.add(await stateOf(file));
      expect(await readHolder(file)).toMatchObject({ process: { pid: process.pid }, released: false });
      return states.size > 20;
    });
  });

  it('is lost, and said to be, when its file is gone or another process holds a higher number', async () => {
    const lost: string[] = [];
    const onLost = (error: DataFolderLostError): number => lost.push(error.message);
    await using first = await lock({ beatMs: 10, onLost });
    await first.confirm();
    await rm(join(folder.path, 'locks', '1.json'));
    await eventually(() => expect(lost).toEqual([expect.stringContaining('its lock file is gone')]));
    await expect(first.confirm()).rejects.toBeInstanceOf(DataFolderLostError);
    await using _second = await lock({ beatMs: 10, onLost });
    await writeFile(join(folder.path, 'locks', '7.json'), leftBehind(otherProcess));
    await eventually(() => expect(lost).toEqual([expect.anything(), expect.stringContaining('another process has taken it')]));
  });

  it('survives beats that fail, unless too many do', async () => {
    const lost: string[] = [];
    const locks = join(folder.path, 'locks');
    // The folder is a link, which can be pointed elsewhere at once: a beat must never find it gone.
    const pointTo = async (target: string): Promise<void> => {
      await symlink(target, `${locks}.next`);
      await rename(`${locks}.next`, locks);
    };
    await mkdir(`${locks}.here`);
    await writeFile(`${locks}.none`, 'in the way');
    await pointTo(`${locks}.here`);
    // Six beats must fail: far longer than the first absence lasts, on a busy machine too.
    await using held = await lock({ beatMs: 400, onLost: (error) => lost.push(error.message) });
    const away = async (until: () => Promise<void>): Promise<void> => {
      await pointTo(`${locks}.none`);
      await expect(held.confirm()).rejects.toThrow('its lock file cannot be written');
      await until();
      await pointTo(`${locks}.here`);
    };
    await away(async () => undefined);
    const before = await stateOf(join(locks, '1.json'));
    await eventually(async () => expect(await stateOf(join(locks, '1.json'))).not.toBe(before));
    expect(lost).toEqual([]);
    await away(() => eventually(() => expect(lost).toEqual([expect.stringContaining('its lock file could not be written')])));
  });

  it('is lost to a holder that stood still and was taken for gone: it finds out, and releases nothing', async () => {
    const holder = contender();
    expect(await holder.answer).toBe('held');
    const file = join(folder.path, 'locks', '1.json');
    process.kill(holder.child.pid ?? Number.NaN, 'SIGSTOP');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/"host":"[^"]*"/, '"host":"another-machine"'));
    await using _held = await lock({ beatMs: 50, settleMs: 300 });
    const said = holder.next();
    process.kill(holder.child.pid ?? Number.NaN, 'SIGCONT');
    expect(await said).toBe('lost');
    holder.child.kill('SIGKILL');
    await holder.ended;
    expect(await readdir(join(folder.path, 'locks'))).toEqual(['2.json']);
  });

  it('goes to exactly one of several processes that take over at once', async () => {
    for (let round = 0; round < 3; round += 1) {
      const contenders = Array.from({ length: 6 }, contender);
      const answers = await Promise.all(contenders.map(({ answer }) => answer));
      expect(answers.sort()).toEqual(['busy', 'busy', 'busy', 'busy', 'busy', 'held']);
      for (const { child } of contenders) child.kill('SIGKILL');
      await Promise.all(contenders.map(({ ended }) => ended));
    }
  });

  it('goes to exactly one of many that take over within one process', async () => {
    await leaveLock({ ...thisProcess(), startedAt: '1' });
    const attempts = await Promise.allSettled(Array.from({ length: 40 }, () => lock()));
    const won = attempts.filter((attempt) => attempt.status === 'fulfilled');
    expect(won).toHaveLength(1);
    const names = (await readdir(join(folder.path, 'locks'))).filter((name) => name.endsWith('.json'));
    const last = `${Math.max(...names.map((name) => Number.parseInt(name, 10)))}.json`;
    expect(await readFile(join(folder.path, 'locks', last), 'utf8')).toContain(`"pid":${process.pid}`);
    for (const { value } of won) await value[Symbol.asyncDispose]();
  });
});

describe('process identity', () => {
  it('tells this process, an ended one, a reused number and another machine apart', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await once(child, 'spawn');
    const identity = processIdentity(child.pid ?? 0);
    if (identity === null) throw new Error('the child is not seen');
    expect(isAlive(identity)).toBe('alive');
    expect(isAlive({ ...identity, startedAt: 'another time' })).toBe('dead');
    child.kill('SIGKILL');
    await ended;
    expect(isAlive(identity)).toBe('dead');
    expect(processIdentity(identity.pid)).toBeNull();
    expect(isAlive(thisProcess())).toBe('alive');
    expect(isAlive(otherProcess)).toBe('unknown');
    expect(isAlive({ ...thisProcess(), pidNamespace: 'pid:[1]' })).toBe('unknown');
    expect(isAlive({ ...thisProcess(), boot: 'another-boot' })).toBe('unknown');
    expect(isAlive({ ...thisProcess(), boot: '' })).toBe('unknown');
  });
});
