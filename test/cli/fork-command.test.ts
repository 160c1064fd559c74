import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { study, studyId } from './studies.ts';

const forkedFrom = { study: studyId, generation: 3, trials: 24, digest: 'a'.repeat(64) };
const forkStudy = async () => study({ forkedFrom });

test('study fork sends what to keep and what changes, and prints the fork and its source on one line', async () => {
  const line = ['study', 'fork', studyId, '--generation', '3', '--seed', '5', '--name', 'again', '--budget-generations', '9'];
  const { code, out, calls } = await commandLine(line, { forkStudy });
  expect(calls).toEqual([['forkStudy', studyId, { generation: 3, seed: 5, name: 'again', budget: { generations: 9 } }]]);
  expect([code, out]).toEqual([
    0,
    `${studyId}  genetic  active  18 trials completed  forked from ${studyId} after generation 3 (24 trials)\n`,
  ]);
  const sequential = await commandLine(['study', 'fork', studyId, '--trials', '1', '--budget-trials', '8', '--json'], { forkStudy });
  expect(sequential.calls).toEqual([['forkStudy', studyId, { trials: 1, budget: { trials: 8 } }]]);
  expect(JSON.parse(sequential.out).forkedFrom).toEqual(forkedFrom);
});

test('study fork without one place to fork, or with two, sends nothing and ends with 2', async () => {
  for (const more of [[], ['--generation', '1', '--trials', '2'], ['--trials', '1e3'], ['--generation', '-1']]) {
    const { code, calls } = await commandLine(['study', 'fork', studyId, ...more], { forkStudy });
    expect([code, calls], more.join(' ')).toEqual([2, []]);
  }
});
