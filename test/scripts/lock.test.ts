import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

type WithLock = <T>(path: string, work: () => Promise<T>, onWait?: (pid: number) => void) => Promise<T>;
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
      await vi.waitFor(() => expect(order).toHaveLength(2));
      order.push('first ends');
      return { begun };
    });
    await waiting.begun;
    expect(order).toEqual(['first begins', `second waits for ${process.pid}`, 'first ends', 'second']);
  });

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
});
