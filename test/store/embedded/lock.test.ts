import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DataFolderBusyError, lockDataFolder } from '../../../src/store/embedded/data-folder-lock.ts';
import { isAlive, processIdentity, thisProcess } from '../../../src/store/runners/process-identity.ts';
import { eventually } from '../../support/eventually.ts';
import { type CompiledModule, compileModule } from '../compile.ts';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
let compiled: CompiledModule;
beforeAll(() => {
  compiled = compileModule('store/embedded/data-folder-lock.ts');
});
afterAll(() => compiled[Symbol.dispose]());
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** A process that tries to take the lock, says `held` or `busy`, and holds on until it is killed. */
function contender() {
  const script = `
    import { lockDataFolder } from ${JSON.stringify(compiled.file)};
    const wait = setInterval(() => {}, 1000);
    try { await lockDataFolder(${JSON.stringify(folder.path)}, { verb: 'serve' }); console.log('held'); }
    catch (error) { console.log(error.name === 'DataFolderBusyError' ? 'busy' : error.stack); clearInterval(wait); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const answer = once(child.stdout, 'data').then(([chunk]) => String(chunk).trim());
  const ended = once(child, 'exit');
  return { child, answer, ended };
}

const otherProcess = { ...thisProcess(), host: 'another-machine' };
const leftBehind = (process: ReturnType<typeof thisProcess>) =>
  JSON.stringify({ process, verb: 'serve', since: '2026-01-01T00:00:00.000Z', released: false });

async function leaveLock(process: ReturnType<typeof thisProcess>): Promise<string> {
  await using _ = await lockDataFolder(folder.path, { verb: 'serve' });
  const file = join(folder.path, 'locks', '2.json');
  await writeFile(file, leftBehind(process));
  return file;
}

describe('lockDataFolder', () => {
  it('refuses a second holder and says who holds it, what it does and since when', async () => {
    await using _held = await lockDataFolder(folder.path, { verb: 'serve' });
    const refusal = await lockDataFolder(folder.path, { verb: 'runner' }).catch((error: unknown) => error);
    if (!(refusal instanceof DataFolderBusyError)) throw new Error(`not refused: ${String(refusal)}`);
    expect(refusal.pid).toBe(process.pid);
    expect(refusal.message).toContain(`"serve", process ${process.pid} on `);
    expect(refusal.message).toContain(`since ${refusal.since}`);
  });

  it('is free again once it is disposed, any number of times, and keeps no pile of files', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      await using _held = await lockDataFolder(folder.path, { verb: 'serve' });
    }
    expect(await readdir(join(folder.path, 'locks'))).toEqual(['4.json', '5.json']);
  });

  it('is taken over from a holder that was killed', async () => {
    const holder = contender();
    expect(await holder.answer).toBe('held');
    await expect(lockDataFolder(folder.path, { verb: 'serve' })).rejects.toThrow(`process ${holder.child.pid} `);
    holder.child.kill('SIGKILL');
    await holder.ended;
    await using _held = await lockDataFolder(folder.path, { verb: 'serve' });
  });

  it('is taken over where the number of the dead holder belongs to a later process', async () => {
    await leaveLock({ ...thisProcess(), startedAt: '1' });
    await using _held = await lockDataFolder(folder.path, { verb: 'serve' });
  });

  it('is taken over after the machine started again', async () => {
    await leaveLock({ ...thisProcess(), boot: 'an-earlier-boot' });
    await using _held = await lockDataFolder(folder.path, { verb: 'serve' });
  });

  it('is taken over from a file that a power loss cut', async () => {
    await writeFile(await leaveLock(thisProcess()), '');
    await using _held = await lockDataFolder(folder.path, { verb: 'serve' });
  });

  it('watches a holder out of sight: one that touches its file holds, one that does not is gone', async () => {
    const file = await leaveLock(otherProcess);
    let touches = 0;
    const living = setInterval(() => {
      touches += 1;
      void utimes(file, touches, touches);
    }, 20);
    await expect(lockDataFolder(folder.path, { verb: 'serve', abandonedAfterMs: 30_000 })).rejects.toBeInstanceOf(DataFolderBusyError);
    clearInterval(living);
    await using _held = await lockDataFolder(folder.path, { verb: 'serve', abandonedAfterMs: 200 });
  });

  it('is touched while it is held', async () => {
    await using _held = await lockDataFolder(folder.path, { verb: 'serve', touchMs: 10 });
    const file = join(folder.path, 'locks', '1.json');
    await utimes(file, 1, 1);
    await eventually(async () => expect((await stat(file)).mtimeMs).toBeGreaterThan(1000));
  });

  it('is touched again after a touch that failed, as long as its file is there', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await using _held = await lockDataFolder(folder.path, { verb: 'serve', touchMs: 10 });
      const locks = join(folder.path, 'locks');
      await rename(locks, `${locks}.away`);
      await writeFile(locks, 'in the way');
      vi.advanceTimersByTime(10);
      // The touch was asked for before these, and is answered with ENOTDIR by the time they are.
      for (let read = 0; read < 50; read += 1) await readFile(locks);
      await rm(locks);
      await rename(`${locks}.away`, locks);
      await utimes(join(locks, '1.json'), 1, 1);
      vi.advanceTimersByTime(10);
      await eventually(async () => expect((await stat(join(locks, '1.json'))).mtimeMs).toBeGreaterThan(1000));
    } finally {
      vi.useRealTimers();
    }
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
    const attempts = await Promise.allSettled(Array.from({ length: 40 }, () => lockDataFolder(folder.path, { verb: 'serve' })));
    const won = attempts.filter((attempt) => attempt.status === 'fulfilled');
    expect(won).toHaveLength(1);
    const names = (await readdir(join(folder.path, 'locks'))).filter((name) => name.endsWith('.json'));
    const last = `${Math.max(...names.map((name) => Number.parseInt(name, 10)))}.json`;
    expect(await readFile(join(folder.path, 'locks', last), 'utf8')).toContain(`"pid":${process.pid}`);
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
  });
});
