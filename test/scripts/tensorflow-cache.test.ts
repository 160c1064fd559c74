import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

interface Cache {
  createBuilding: (cache: string) => string;
  copyPackage: (root: string, building: string) => string;
  publish: (copy: string, building: string, cache: string, name: string) => string;
  isWhole: (place: string) => boolean;
  link: (root: string, place: string) => void;
  unlink: (root: string) => void;
}
const cacheModule: Cache = await import(new URL('../../scripts/tensorflow/cache.mjs', import.meta.url).href);
const { createBuilding, copyPackage, publish, isWhole, link, unlink } = cacheModule;

let folder = '';
let cache = '';
let root = '';
let installed = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clavier-cache-'));
  cache = join(folder, 'cache');
  root = join(folder, 'checkout');
  installed = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Builds as the real sources do: into a copy of the package, then published. */
function build(content: string) {
  const building = createBuilding(cache);
  const copy = copyPackage(root, building);
  mkdirSync(join(copy, 'lib'));
  mkdirSync(join(copy, 'deps', 'include'), { recursive: true });
  writeFileSync(join(copy, 'lib', 'addon'), content);
  writeFileSync(join(copy, 'deps', 'library'), content);
  writeFileSync(join(copy, 'deps', 'include', 'header.h'), content);
  return publish(copy, building, cache, 'build');
}

describe('the cache of native TensorFlow', () => {
  test('holds what is needed to run and not what was needed to build', () => {
    const place = build('first');
    expect(isWhole(place)).toBe(true);
    expect(readdirSync(join(place, 'deps'))).toEqual(['library']);
  });

  test('keeps a whole build when a second process finishes the same one', () => {
    const place = build('first');
    build('second');
    expect(readFileSync(join(place, 'lib', 'addon'), 'utf8')).toBe('first');
  });

  test('recognises a build with a file cut short and replaces it', () => {
    const place = build('first');
    truncateSync(join(place, 'deps', 'library'), 1);
    expect(isWhole(place)).toBe(false);
    build('second');
    expect(isWhole(place)).toBe(true);
    expect(readFileSync(join(place, 'deps', 'library'), 'utf8')).toBe('second');
  });

  test('is cleared of what dead processes left half-built, and of nothing that a living one may be building', () => {
    const mine = createBuilding(cache);
    const owner = JSON.parse(readFileSync(join(mine, 'owner.json'), 'utf8'));
    const pid = spawnSync(process.execPath, ['--version']).pid;
    const left = (changes: object | null): string => {
      const building = mkdtempSync(join(cache, 'building-'));
      if (changes !== null) writeFileSync(join(building, 'owner.json'), JSON.stringify({ ...owner, pid, ...changes }));
      return building;
    };
    const dead = left({});
    const kept = [left({ host: 'another' }), left({ boot: 'another' }), left({ pidNamespace: 'pid:[1]' }), left(null)];
    const old = left({ host: 'another' });
    utimesSync(old, new Date(), new Date(Date.now() - 25 * 3600 * 1000));
    createBuilding(cache);
    expect([dead, old, mine, ...kept].map((each) => existsSync(each))).toEqual([false, false, true, true, true, true, true]);
  });

  test('is linked into a package in place of a half-installed folder, and taken out again', () => {
    const place = build('first');
    mkdirSync(join(installed, 'lib'));
    writeFileSync(join(installed, 'lib', 'half'), '');
    link(root, place);
    expect(readlinkSync(join(installed, 'lib'))).toBe(join(place, 'lib'));
    expect(readFileSync(join(installed, 'deps', 'library'), 'utf8')).toBe('first');
    unlink(root);
    expect(readdirSync(installed)).toEqual(['package.json']);
    expect(isWhole(place)).toBe(true);
  });
});
