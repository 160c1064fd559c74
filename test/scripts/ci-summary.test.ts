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

/** A run of the tests: its report, if it wrote one, and its exit code. */
type Run = readonly [report: object | undefined, exit: number];

function summary(checkExit: number, ...runs: readonly Run[]) {
  const args = runs.flatMap(([report, exit], index) => {
    const file = join(folder, `report-${index}.json`);
    if (report !== undefined) writeFileSync(file, JSON.stringify(report));
    return [file, String(exit)];
  });
  const { status, stdout } = spawnSync(process.execPath, [script, String(checkExit), ...args], { encoding: 'utf8' });
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
    expect(summary(checkExit, [report, testsExit])).toEqual({ status, lastLine });
  });

  test.each<[string, Run, number, string]>([
    ['both pass', [{ ...passing, numPassedTests: 3 }, 0], 0, '16 passed, 0 failed'],
    ['a test of the second fails', [{ ...passing, numPassedTests: 3, numFailedTests: 1 }, 1], 1, '16 passed, 1 failed'],
    ['the second has no report', [undefined, 1], 1, '13 passed, 1 failed'],
  ])('adds the tests of two runs where %s', (_, second, status, lastLine) => {
    expect(summary(0, [passing, 0], second)).toEqual({ status, lastLine });
  });
});
