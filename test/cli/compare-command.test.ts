import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ComparedStudyRepresentation, ComparisonRepresentation } from '../../src/api/comparison.ts';
import { commandLine } from './command-line.ts';

const [one, other] = ['01890a5d-ac96-774b-bcce-b302099a8001', '01890a5d-ac96-774b-bcce-b302099a8002'];

function compared(id: string, differences: Partial<ComparedStudyRepresentation>): ComparedStudyRepresentation {
  const sources = { trained: 5, reused: { equal: 0, longer: 0 }, imported: 0 };
  const steps = { stepsDone: 15, stepsTrained: 15, stepsReused: 0, stepsSaved: 0 };
  const counts = { trialsCharged: 5, trialsCompleted: 5, trialsFailed: 0, trialsPruned: 0, trainings: 5, interruptedTrials: 0 };
  return {
    id,
    name: 'a study',
    state: 'completed',
    sampler: { type: 'random' },
    method: 'random search',
    forkedFrom: null,
    rank: 2,
    best: { value: 0.5, parameters: {}, trialId: id, number: 3 },
    cost: { ...counts, ...steps, sources, wallClockSeconds: 9, coreSeconds: 8 },
    bestSoFar: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    ...differences,
  };
}

const comparison: ComparisonRepresentation = {
  metrics: [{ name: 'value', direction: 'maximize' }],
  label: 'value',
  remark: null,
  studies: [compared(one, {}), compared(other, { name: 'the other', sampler: { type: 'tpe' }, rank: 1 })],
  differences: [
    {
      key: 'sampler.type',
      values: [
        { study: one, value: 'random' },
        { study: other, value: 'tpe' },
      ],
    },
    {
      key: 'sampler.startupTrials',
      values: [
        { study: one, value: null },
        { study: other, value: 10 },
      ],
    },
  ],
  differencesLeftOut: 0,
};

test('study compare prints the studies, the best first, and the keys in which the definitions differ', async () => {
  const { code, out, calls } = await commandLine(['study', 'compare', one, other], { compare: async () => comparison });
  expect([code, calls]).toEqual([0, [['compare', [one, other]]]]);
  const lines = out.split('\n');
  expect(lines[2]).toMatch(new RegExp(`^ *1 +${other} +the other +tpe +completed +0\\.5000 +3 +5 +15 +8 s$`));
  expect(lines[3]).toMatch(new RegExp(`^ *2 +${one} +a study +random`));
  expect(out).toMatch(/\nsampler\.startupTrials +10 +–\n/);
  const alike = { ...comparison, differences: [] };
  expect((await commandLine(['study', 'compare', one, other], { compare: async () => alike })).out).toContain('differ in nothing but');
});

test('study compare tells a study from its fork, shows the best first, and passes on a remark', async () => {
  const fork = { ...comparison, studies: [compared(one, {}), compared(other, { rank: 1 })], remark: 'Only the client knows the task.' };
  const { out } = await commandLine(['study', 'compare', one, other], { compare: async () => fork });
  expect(out).toMatch(/\nkey +a study \(…9a8002\) +a study \(…9a8001\)\n/);
  expect(out).toContain('\nOnly the client knows the task.\n');
});

test('study compare writes the page, and prints JSON where it is asked to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clavier-compare-'));
  const file = join(folder, 'comparison.html');
  const answers = { compare: async () => comparison, compareHtml: async () => '<!doctype html>' };
  const { out, calls } = await commandLine(['study', 'compare', one, other, '--html', file, '--json'], answers);
  expect(calls.map(([name]) => name)).toEqual(['compare', 'compareHtml']);
  expect([await readFile(file, 'utf8'), JSON.parse(out)]).toEqual(['<!doctype html>', comparison]);
  await rm(folder, { recursive: true });
});

test('study compare with one study asks nothing', async () => {
  const { code, calls } = await commandLine(['study', 'compare', one], {});
  expect([code, calls]).toEqual([2, []]);
});
