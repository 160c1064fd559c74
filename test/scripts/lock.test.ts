import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';

interface Times {
  touchMs?: number;
  graceMs?: number;
}
type WithLock = <T>(path: string, work: () => Promise<T>, onWait?: (pid: number) => void, times?: Times) => Promise<T>;
const { withLock }: { withLock: WithLock } = await import(new URL('../../scripts/setup/lock.mjs', import.meta.url).href);

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clavier-lock-'));
  path = join(folder, 'below', 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The id of a process that lived a moment ago. */
const deadPid = () => spawnSync(process.execPath, ['--version']).pid;

describe('the lock of the set-up', () => {
  /** Leaves what a holder of this very process writes, with parts of it changed. */
  async function lockOf(changes: object): Promise<void> {
    const own = await withLock(path, async () => JSON.parse(readFileSync(path, 'utf8')));
    writeFileSync(path, JSON.stringify({ ...own, ...changes }));
  }

  test('lets one work at a time and tells the other whom it waits for', async () => {
    const order: string[] = [];
    const second = () =>
      withLock(
        path,
        async () => order.push('second'),
        (pid) => order.push(`second waits for ${pid}`),
      );
    const waiting = await withLock(path, async () => {
      order.push('first begins');
      const begun = second();
      await eventually(() => expect(order).toHaveLength(2));
      order.push('first ends');
      return { begun };
    });
    await waiting.begun;
    expect(order).toEqual(['first begins', `second waits for ${process.pid}`, 'first ends', 'second']);
  }, 60_000);

  test('is gone after the work, whether that succeeds or throws', async () => {
    await withLock(path, async () => expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid }));
    expect(existsSync(path)).toBe(false);
    await expect(withLock(path, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
    expect(existsSync(path)).toBe(false);
  });

  test('is taken over from a process that no longer lives', async () => {
    await lockOf({ pid: deadPid() });
    const waitedFor: number[] = [];
    await expect(
      withLock(
        path,
        async () => 'done',
        (pid) => waitedFor.push(pid),
      ),
    ).resolves.toBe('done');
    expect(waitedFor).toEqual([]);
  });

  test('is taken over from an earlier process of the same number', async () => {
    await lockOf({ startedAt: 'long ago' });
    await expect(withLock(path, async () => 'done', failIfWaiting)).resolves.toBe('done');
  });

  test.each([
    ['another machine', { host: 'another' }],
    ['another machine of this name, or this one before it started again', { boot: 'another' }],
    ['another container of this name', { pidNamespace: 'pid:[1]' }],
    ['a platform that tells nothing but the name', { boot: '', pidNamespace: '' }],
  ])('of %s is waited for while it is touched, whatever the clocks say', async (_, changes) => {
    await lockOf({ ...changes, pid: 4711, startedAt: '1' });
    const waitedFor: number[] = [];
    let touches = 0;
    const owner = setInterval(() => {
      touches += 1;
      utimesSync(path, touches, touches);
    }, 50);
    let done = false;
    const work = async (): Promise<void> => {
      done = true;
    };
    const waiting = withLock(path, work, (pid) => waitedFor.push(pid), { graceMs: 500 });
    await pause(1500);
    expect([waitedFor, done]).toEqual([[4711], false]);
    clearInterval(owner);
    await waiting;
    expect(done).toBe(true);
  });

  test('is touched while it is held', async () => {
    const touchMs = 10;
    const hold = async () => {
      utimesSync(path, 1, 1);
      await eventually(() => expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(1_800_000));
    };
    await withLock(path, hold, undefined, { touchMs });
  }, 60_000);

  test("leaves a lock alone that is another's by now", async () => {
    await withLock(path, async () => {
      writeFileSync(path, JSON.stringify({ pid: process.ppid, host: hostname() }));
    });
    expect(existsSync(path)).toBe(true);
  });
});

function failIfWaiting(pid: number): never {
  throw new Error(`waits for ${pid}`);
}
