import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { study, studyId } from './studies.ts';

const answer = async () => study();
const line = `${studyId}  genetic  active  18 of 60 trials completed\n`;

test('study extend sends the limits that are named, and none for those that it removes', async () => {
  const args = [
    'study',
    'extend',
    studyId,
    '--trials',
    '200',
    '--generations',
    'none',
    '--wall-clock-seconds',
    '90.5',
    '--target-value',
    '-0.5',
  ];
  const { code, out, calls } = await commandLine(args, { extendStudy: answer });
  const budget = { trials: 200, generations: null, wallClockSeconds: 90.5, targetValue: -0.5 };
  expect(calls).toEqual([['extendStudy', studyId, { budget }]]);
  expect([code, out]).toEqual([0, line]);
  const json = await commandLine(['study', 'extend', studyId, '--trials', '7', '--json'], { extendStudy: answer });
  expect(JSON.parse(json.out).id).toBe(studyId);
});

test('study change adds labels to those that the study has, and removes others', async () => {
  const getStudy = async () => study({ spec: { ...study().spec, labels: { team: 'one', stage: 'draft', old: 'x' } } });
  const args = ['study', 'change', studyId, '--label', 'stage=done', '--label', 'note=a=b', '--remove-label', 'old'];
  const { code, out, calls } = await commandLine(args, { getStudy, changeStudy: answer });
  const labels = { team: 'one', stage: 'done', note: 'a=b' };
  expect(calls).toEqual([
    ['getStudy', studyId],
    ['changeStudy', studyId, { labels }],
  ]);
  expect([code, out]).toEqual([0, line]);
});

test('study change sends parallelism and priority without reading the study', async () => {
  const { calls } = await commandLine(['study', 'change', studyId, '--parallelism', '4', '--priority', '-3'], { changeStudy: answer });
  expect(calls).toEqual([['changeStudy', studyId, { parallelism: 4, priority: -3 }]]);
});

test('both send nothing without a value, or with a wrong one, and end with 2', async () => {
  for (const args of [
    ['extend'],
    ['extend', '--trials', '0'],
    ['extend', '--target-value', 'much'],
    ['change'],
    ['change', '--priority', 'high'],
    ['change', '--label', 'team'],
    ['change', '--label', '=x'],
  ]) {
    const [command = '', ...options] = args;
    const { code, calls } = await commandLine(['study', command, studyId, ...options]);
    expect([code, calls], args.join(' ')).toEqual([2, []]);
  }
});
