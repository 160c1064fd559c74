import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';

type WithLock = <T>(path: string, work: () => Promise<T>, onWait?: (pid: number) => void, touchMs?: number) => Promise<T>;
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
    await withLock(path, async () => undefined); // makes the folder
    writeFileSync(path, JSON.stringify({ pid: deadPid(), host: hostname() }));
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

  /** What a holder of this very process writes, with parts of it changed. */
  async function lockOf(changes: object, untouchedSeconds = 0): Promise<void> {
    const own = await withLock(path, async () => JSON.parse(readFileSync(path, 'utf8')));
    writeFileSync(path, JSON.stringify({ ...own, ...changes }));
    touched(untouchedSeconds);
  }
  const touched = (secondsAgo: number) => utimesSync(path, new Date(), new Date(Date.now() - secondsAgo * 1000));

  test.each([
    ['an earlier boot of this machine', { boot: 'another' }, 0],
    ['an earlier process of the same number', { startedAt: 'long ago' }, 0],
    ['another machine that has not touched it for a minute', { host: 'another' }, 61],
    ['another container, under the same name, that has not touched it for a minute', { pidNamespace: 'pid:[1]' }, 61],
  ])('is taken over from %s', async (_, changes, untouchedSeconds) => {
    await lockOf(changes, untouchedSeconds);
    await expect(withLock(path, async () => 'done', failIfWaiting)).resolves.toBe('done');
  });

  test('of another machine is waited for while it is touched', async () => {
    await lockOf({ host: 'another', pid: 4711 });
    const waitedFor: number[] = [];
    const waiting = withLock(
      path,
      async () => 'done',
      (pid) => waitedFor.push(pid),
    );
    await eventually(() => expect(waitedFor).toEqual([4711]));
    touched(61);
    await expect(waiting).resolves.toBe('done');
  }, 60_000);

  test('is touched while it is held', async () => {
    const touchMs = 10;
    const hold = async () => {
      touched(3600);
      await eventually(() => expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(1_800_000));
    };
    await withLock(path, hold, undefined, touchMs);
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
