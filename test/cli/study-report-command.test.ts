import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { commandLine } from './command-line.ts';
import { sampleReport } from './report.ts';
import { studyId, trial } from './studies.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const cells = (text: string): string[][] => text.split('\n').map((line) => line.trim().split(/\s{2,}/));

describe('study report', () => {
  const { definition } = sampleReport();
  const report = {
    ...sampleReport(),
    kind: 'study' as const,
    definition: { ...definition, repeats: null, repeatObjective: null },
    finalists: [],
  };

  test('prints the method with its cost and the best different configurations', async () => {
    const { code, out, calls } = await commandLine(['study', 'report', studyId], { studyReport: async () => report });
    expect([code, calls]).toEqual([0, [['studyReport', studyId]]]);
    expect(out).toMatch(/\nmethod .+\n.*─\n/);
    expect(out).not.toMatch(/held-out|trained again/);
    expect(out).toMatch(/\n\nThe best different configurations\n\ntrial .+\n─/);
  });

  test('prints how many trials were stopped at each rung, and why those that got furthest were', async () => {
    const steps = Array.from({ length: 10 }, (_, rung) => ({ rung, step: rung + 1, trials: 10 - rung }));
    const { parameters } = trial(1);
    const stoppedTrial = { trial: 8, step: 10, rung: 9, value: 0.25, reason: 'rung 9 (step 10): it is outside the best half', parameters };
    const search = { ...report.totals.search, trialsPruned: 55, stepsSaved: 300 };
    const pruned = { ...report, totals: { ...report.totals, search }, stopped: { steps, furthest: [stoppedTrial] } };
    const { out } = await commandLine(['study', 'report', studyId], { studyReport: async () => pruned });
    expect(out).toContain('\n\n55 trials were stopped early, which saved 300 steps: 10 at rung 0 (step 1), 9 at rung 1 (step 2), ');
    expect(out).toContain(', 3 at rung 7 (step 8), 3 at other steps\n\nThe stopped trials that got furthest\n\n');
    expect(cells(out)).toContainEqual(['8', '10', '0.2500', '0.0105', '20', '4', '60', stoppedTrial.reason]);
    const more = { ...pruned, totals: { ...report.totals, search: { ...search, trialsPruned: 405 } } };
    const { out: longer } = await commandLine(['study', 'report', studyId], { studyReport: async () => more });
    expect(longer).toContain(', 3 at rung 7 (step 8), 353 at other steps\n');
    const none = { ...report, stopped: { steps: [], furthest: [] } };
    expect((await commandLine(['study', 'report', studyId], { studyReport: async () => none })).out).not.toContain('stopped');
  });

  test('says below the best configurations which of them had other values before', async () => {
    const [leader] = report.leaders;
    if (!leader) throw new Error('the report has a leader');
    const earlierValues = [{ until: 3, parameters: { learningRate: 0.02 } }];
    const leaders = [1, 2, 3].map((place) => ({ ...leader, trial: 10 * place, ...(place !== 2 && { earlierValues }) }));
    const { out } = await commandLine(['study', 'report', studyId], { studyReport: async () => ({ ...report, leaders }) });
    expect(out).toContain(`\n\nEarlier steps of trials 10, 30 had other values: see clavier study trials ${report.id}\n`);
    expect((await commandLine(['study', 'report', studyId], { studyReport: async () => report })).out).not.toContain('Earlier steps');
  });

  test('prints how the values of the leading member changed, and rounds in place of rungs', async () => {
    const history = [
      { from: 1, to: 3, parameters: { learningRate: 0.02, maxLength: 60 } },
      { from: 4, to: 4, parameters: { learningRate: 0.0105, maxLength: 60 } },
    ];
    const best = { member: 2, trial: 8, value: 0.9, steps: 4, copies: 1, history };
    const other = {
      ...best,
      member: 0,
      trial: 6,
      value: 0.8,
      history: [{ from: 1, to: 4, parameters: { learningRate: 9, maxLength: 50 } }],
    };
    const population = { ...report, methods: report.methods.slice(0, 1).map((method) => ({ ...method, sampler: { type: 'pbt' } })) };
    const rungs = [{ rung: 0, fewestSteps: 3, mostSteps: 3, trials: 2, wentOn: 1, best: 0.9, stepsSaved: 0 }];
    const { out } = await commandLine(['study', 'report', studyId], {
      studyReport: async () => ({ ...population, rungs, members: [best, other] }),
    });
    expect(out).toMatch(
      /\n\nHow the values of the leading member changed\n\nOf the members as they ended, member 2 leads \(trial 8: .+ 0\.9000 after 4 steps, 1 change\)\. The best trial of the study is 4\.\n\n/,
    );
    for (const line of [
      ['steps', 'learningRate', 'maxLength'],
      ['1-3', '0.02', '60'],
      ['4', '0.0105', '60'],
    ])
      expect(cells(out)).toContainEqual(line);
    expect(out).not.toContain('50');
    expect(out).toContain('\n\nTrials of each round; ');
    expect(cells(out)).toContainEqual(['round', 'steps', 'trials', 'went on', 'value']);
    const { out: withoutMembers } = await commandLine(['study', 'report', studyId], { studyReport: async () => ({ ...report, rungs }) });
    expect(withoutMembers).not.toContain('How the values');
    expect(withoutMembers).toContain('\n\nTrials at each rung; ');
    expect(cells(withoutMembers)).toContainEqual(['rung', 'steps', 'trials', 'went on', 'value', 'saved']);
  });

  test('prints the front of a study with several metrics: a few of its trials with all metrics and parameters, and how many more', async () => {
    const metrics = ['value', 'latency'].map((name) => ({ name, label: name, direction: 'minimize' as const }));
    const { parameters } = trial(1);
    const members = Array.from({ length: 12 }, (_, place) => ({ trial: 20 + place, values: { value: place / 8, latency: 9 }, parameters }));
    const front = { metrics, size: 14, members, others: [], reference: null, hypervolumes: [] };
    const several = { ...report, front, leaders: [], finalLeaders: [] };
    const { out } = await commandLine(['study', 'report', studyId], { studyReport: async () => several });
    const lines = cells(out);
    expect(lines[1]).toEqual(['method', 'charged', 'trained', 'done', 'trained', 'reused', 'time']);
    expect(lines).toContainEqual(['14 trials on the front, of which 10 that are spread over it are shown']);
    expect(lines).toContainEqual(['rank', 'trial', 'value', 'latency', 'learningRate', 'hiddenUnits', 'epochs', 'maxLength']);
    expect(lines).toContainEqual(['2', '21', '0.1250', '9.0000', '0.0105', '20', '4', '60']);
    expect(lines).toContainEqual([`4 more: clavier study front ${report.id}`]);
    expect(out).not.toContain('The best different configurations');
  });

  test('writes the page into a file, and prints the report as JSON where it is asked to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clavier-report-'));
    try {
      const file = join(folder, 'report.html');
      const answers = { studyReport: async () => report, studyReportHtml: async () => '<html></html>' };
      const { code, out } = await commandLine(['study', 'report', studyId, '--html', file, '--json'], answers);
      expect([code, JSON.parse(out), await readFile(file, 'utf8')]).toEqual([0, report, '<html></html>']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
