import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../.ci/summary.mjs', import.meta.url));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clavier-summary-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function summary(report: object | undefined, testsExit: number, checkExit: number) {
  const file = join(folder, 'report.json');
  if (report !== undefined) writeFileSync(file, JSON.stringify(report));
  const { status, stdout } = spawnSync(process.execPath, [script, file, String(testsExit), String(checkExit)], { encoding: 'utf8' });
  return { status, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

const passing = { numPassedTests: 12, numFailedTests: 0, testResults: [] };
const unloadable = { name: 'a.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] };

describe('the last line of the whole check', () => {
  test.each([
    ['all is well', passing, 0, 0, 0, '13 passed, 0 failed'],
    ['a test fails', { ...passing, numFailedTests: 2 }, 1, 0, 1, '13 passed, 2 failed'],
    ['the linter, types or dead code complain', passing, 0, 1, 1, '12 passed, 1 failed'],
    ['a test file cannot be loaded', { ...passing, testResults: [unloadable] }, 1, 0, 1, '13 passed, 1 failed'],
    ['an error happens outside of any test', passing, 1, 0, 1, '13 passed, 1 failed'],
    ['there is no report, as the set-up failed', undefined, 1, 1, 1, '0 passed, 2 failed'],
    ['no test ran', { ...passing, numPassedTests: 0 }, 0, 0, 1, '1 passed, 1 failed'],
  ])('counts when %s', (_, report, testsExit, checkExit, status, lastLine) => {
    expect(summary(report, testsExit, checkExit)).toEqual({ status, lastLine });
  });
});
