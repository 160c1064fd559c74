import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

type CacheFolder = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform) => string;
const { cacheFolder }: { cacheFolder: CacheFolder } = await import(new URL('../../scripts/tensorflow/places.mjs', import.meta.url).href);
const inCheckout = resolve(import.meta.dirname, '../../node_modules/.cache/clavier/tensorflow');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(os.tmpdir(), 'clavier-places-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("the cache is the user's, which is created where it is missing", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: join(folder, 'not', 'yet') }, 'linux')).toBe(join(folder, 'not', 'yet', 'clavier', 'tensorflow'));
  vi.stubEnv('HOME', folder);
  expect(cacheFolder({}, 'linux')).toBe(join(folder, '.cache', 'clavier', 'tensorflow'));
  expect(cacheFolder({}, 'darwin')).toBe(join(folder, 'Library', 'Caches', 'clavier', 'tensorflow'));
  expect(existsSync(join(folder, '.cache'))).toBe(false);
});

test('the cache is in the checkout for a user whose home is no folder, or who has none', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  vi.stubEnv('HOME', file);
  expect(cacheFolder({}, 'linux')).toBe(inCheckout);
  expect(cacheFolder({ XDG_CACHE_HOME: join(file, 'below') }, 'linux')).toBe(inCheckout);
  const { homedir } = os;
  os.homedir = () => {
    throw new Error('A system error occurred: uv_os_homedir returned ENOENT');
  };
  syncBuiltinESMExports();
  try {
    expect(cacheFolder({}, 'linux')).toBe(inCheckout);
    expect(cacheFolder({}, 'darwin')).toBe(inCheckout);
  } finally {
    os.homedir = homedir;
    syncBuiltinESMExports();
  }
});
