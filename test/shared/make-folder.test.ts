import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolder } from '../../src/shared/make-folder.ts';
import { type TemporaryFolder, temporaryFolder } from '../store/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

it('makes a folder with its parents and tells the highest new one', async () => {
  const path = join(folder.path, 'a', 'b', 'c');
  expect(await makeFolder(path)).toBe(join(folder.path, 'a'));
  expect(existsSync(path)).toBe(true);
  expect(await makeFolder(path)).toBeUndefined();
  await rm(path, { recursive: true });
  expect(await makeFolder(path)).toBe(path);
});

it('takes a folder that many make at the same time', async () => {
  const path = join(folder.path, 'a', 'b');
  const made = await Promise.all(Array.from({ length: 20 }, () => makeFolder(path)));
  expect(existsSync(path)).toBe(true);
  expect(made).toContain(join(folder.path, 'a'));
});

it('takes a link to a folder', async () => {
  await mkdir(join(folder.path, 'there'));
  await symlink('there', join(folder.path, 'link'));
  expect(await makeFolder(join(folder.path, 'link', 'below'))).toBe(join(folder.path, 'link', 'below'));
});

it('refuses a file or a broken link in the way, with its path', async () => {
  await writeFile(join(folder.path, 'file'), '');
  await symlink('nowhere', join(folder.path, 'broken'));
  await expect(makeFolder(join(folder.path, 'file'))).rejects.toMatchObject({ code: 'EEXIST', path: join(folder.path, 'file') });
  await expect(makeFolder(join(folder.path, 'file', 'x'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(makeFolder(join(folder.path, 'broken'))).rejects.toMatchObject({ code: 'EEXIST' });
});

it.runIf(existsSync('/proc/self'))('ends where a parent exists and takes no folder', async () => {
  await expect(makeFolder('/proc/x/y')).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/x', syscall: 'mkdir' });
});
