import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

interface Step {
  isDone: (context: { root: string }) => boolean;
}
const { packagesStep }: { packagesStep: Step } = await import(new URL('../../scripts/setup/packages.mjs', import.meta.url).href);

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'clavier-packages-'));
  mkdirSync(join(root, 'node_modules'));
});
afterEach(() => rmSync(root, { recursive: true }));

const left = { version: '1.0.0', integrity: 'sha512-left' };
const here = { os: [process.platform], cpu: [process.arch], optional: true };
const elsewhere = { os: ['aix'], cpu: ['ppc64'], optional: true };

function isDone(locked: object, installed: object | undefined) {
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': { name: 'clavier' }, ...locked } }));
  if (installed !== undefined) writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
  return packagesStep.isDone({ root });
}

describe('the npm packages count as installed', () => {
  test('when npm noted exactly what the lock names', () => {
    expect(isDone({ left }, { left })).toBe(true);
  });

  test('not before npm was through', () => {
    expect(isDone({ left }, undefined)).toBe(false);
  });

  test.each([
    ['a package is missing', {}],
    ['a version differs', { left: { ...left, version: '1.0.1' } }],
    ['the content differs', { left: { ...left, integrity: 'sha512-other' } }],
  ])('not when %s', (_, installed) => {
    expect(isDone({ left }, installed)).toBe(false);
  });

  test('without the optional packages of other platforms, but not without those of this one', () => {
    expect(isDone({ left, native: { ...left, ...elsewhere } }, { left })).toBe(true);
    expect(isDone({ left, native: { ...left, ...here } }, { left })).toBe(false);
  });
});
