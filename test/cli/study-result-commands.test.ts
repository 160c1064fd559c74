import { describe, expect, test, vi } from 'vitest';
import type { TrialRepresentation } from '../../src/api/trial.ts';
import { commandLine } from './command-line.ts';
import { listed } from './fake-client.ts';
import { endedStudy, study, studyId, trial } from './studies.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const cells = (text: string): string[][] => text.split('\n').map((line) => line.trim().split(/\s{2,}/));
const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('study show', () => {
  const show = (shown = study(), columns?: number) =>
    commandLine(['study', 'show', studyId], { getStudy: async () => shown }, columns === undefined ? {} : { columns });

  test('says state, progress, best trial, definition and what comes next', async () => {
    const { code, out, calls } = await show();
    expect([code, calls]).toEqual([0, [['getStudy', studyId]]]);
    const lines = cells(out);
    expect(lines).toContainEqual(['Study genetic']);
    expect(lines).toContainEqual(['state', 'active']);
    expect(lines).toContainEqual(['progress', '19 of 60 trials are finished (2 running, 3 queued, 1 failed); generation 2 is in progress']);
    expect(lines).toContainEqual(['best', 'value 0.9124 in trial 7: learningRate 0.0105, hiddenUnits 20, epochs 4, maxLength 60']);
    expect(lines).toContainEqual(['steps', '82 done, 70 trained, 12 reused']);
    expect(lines).toContainEqual(['metric', 'value (maximize)']);
    expect(lines).toContainEqual(['budget', '9 generations']);
    expect(lines).toContainEqual([
      'space',
      'learningRate 0.0005 to 0.0635 step 0.0005; hiddenUnits 1 to 64; epochs 1 to 6; maxLength 10 to 200',
    ]);
    expect(out).toMatch(new RegExp(`\\nNext:\\n {2}clavier study watch ${studyId}\\n`));
  });

  test('says why it ended or waits, and offers only what its state allows', async () => {
    const ended = (await show(endedStudy({ best: null }))).out;
    expect(cells(ended)).toContainEqual(['state', 'completed: 9 generations are evaluated']);
    expect(cells(ended)).toContainEqual(['best', 'no trial has a result yet']);
    expect(ended).toContain(', ended after 3 min 20 s\n');
    expect(ended).toContain(`clavier study delete ${studyId}\n`);
    expect(ended).not.toMatch(/study (watch|resume|leaderboard)/);
    const waiting = (await show(study({ state: 'paused', blocked: { reason: 'no-runner', detail: 'no runner is alive' } }))).out;
    expect(cells(waiting)).toContainEqual(['waiting', 'no runner is alive']);
    expect(waiting).toContain(`clavier study resume ${studyId}\n`);
    expect(waiting).not.toContain('study delete');
  });

  test('says what stopped trials saved, and which command lists why they were stopped', async () => {
    const trials = { ...study().trials, pruned: 4 };
    const { out } = await show(study({ trials, stepsReused: 0, stepsSaved: 30 }));
    expect(cells(out)).toContainEqual(['steps', '82 done, 70 trained; 4 stopped trials saved 30']);
    expect(out).toContain(`clavier study trials ${studyId} --state pruned\n`);
    expect((await show()).out).not.toContain('--state pruned');
  });

  test('says below the best trial how its values changed on the way', async () => {
    const earlierValues = [{ until: 3, parameters: { learningRate: 0.02 } }];
    const lines = cells((await show(study({ best: trial(1, { earlierValues }) }))).out);
    const place = lines.findIndex(([title]) => title === 'best');
    expect(lines[place + 1]).toEqual(['changes', 'learningRate 0.02 to step 3, 0.0105 after it']);
    expect((await show()).out).not.toMatch(/^ +changes /m);
  });

  test('counts one trial in the singular', async () => {
    const trials = { queued: 0, running: 0, completed: 1, pruned: 0, failed: 0, cancelled: 0 };
    const progress = { ...study().progress, observed: 1, suggested: 1, finished: 1, planned: 1 };
    const { out } = await show(endedStudy({ trials, progress }));
    expect(cells(out)).toContainEqual(['progress', '1 of 1 trial is finished']);
  });

  test('fits a terminal of 80 columns, and prints the study as JSON where it is asked to', async () => {
    expect(longest((await show(study(), 80)).out)).toBeLessThanOrEqual(80);
    const { out } = await commandLine(['study', 'show', studyId, '--json'], { getStudy: async () => study() });
    expect(JSON.parse(out)).toEqual(study());
  });
});

describe('study trials', () => {
  const { rank: _, ...completed } = trial(1, { number: 0, value: 0.5 });
  const failed: TrialRepresentation = {
    ...completed,
    number: 1,
    state: 'failed',
    value: null,
    error: { code: 'evaluation-failed', detail: 'it failed' },
  };
  const answers = { listTrials: () => listed<TrialRepresentation>(completed, failed), getStudy: async () => study() };

  test('prints a line for each trial: state, value, parameters in the order of the space, and the reason of a failure', async () => {
    const { code, out, calls } = await commandLine(['study', 'trials', studyId], answers);
    expect(calls).toEqual([
      ['listTrials', studyId, {}],
      ['getStudy', studyId],
    ]);
    expect(code).toBe(0);
    const lines = cells(out);
    expect(lines[1]).toEqual([
      ...['trial', 'ation', 'state', 'value', 'learningRate', 'hiddenUnits', 'epochs', 'maxLength', 'error', 'steps', 'source'],
    ]);
    expect(lines[3]).toEqual(['0', '0', 'completed', '0.5000', '0.0105', '20', '4', '60', '4', 'trained']);
    expect(lines[4]).toEqual(['1', '0', 'failed', '0.0105', '20', '4', '60', 'evaluation-failed', '4', 'trained']);
  });

  test('says after which step a trial was stopped early, and why, also on a narrow terminal', async () => {
    const pruneReason = 'rung 1 (step 3): value 0.5; beside 2 other trials it is outside the best third, which begins at 0.75';
    const stopped: TrialRepresentation = { ...completed, number: 2, state: 'pruned', prunedAt: 3, pruneReason };
    const listing = { ...answers, listTrials: () => listed(completed, stopped) };
    const lines = cells((await commandLine(['study', 'trials', studyId], listing)).out);
    expect(lines[1]?.slice(-4)).toEqual(['after step', 'reason', 'steps', 'source']);
    expect(lines[3]).not.toContain(pruneReason);
    expect(lines[4]?.slice(2)).toEqual(['pruned', '0.5000', '0.0105', '20', '4', '60', '3', pruneReason, '4', 'trained']);
    const narrow = (await commandLine(['study', 'trials', studyId], listing, { columns: 130 })).out;
    expect(longest(narrow)).toBeLessThanOrEqual(130);
    expect(narrow).toContain('  3  rung 1 (step 3): value 0.5; bes');
  });

  test('says how the values of a trial changed on the way, also on a narrow terminal', async () => {
    const earlierValues = [{ until: 3, parameters: { learningRate: 0.123456, hiddenUnits: 20 } }];
    const changed: TrialRepresentation = { ...completed, number: 2, earlierValues };
    const listing = { ...answers, listTrials: () => listed(completed, changed) };
    const lines = cells((await commandLine(['study', 'trials', studyId], listing)).out);
    expect(lines[1]).toContain('changed on the way');
    expect(lines[4]).toContain('learningRate 0.1235 to step 3, 0.0105 after it');
    const narrow = (await commandLine(['study', 'trials', studyId], listing, { columns: 80 })).out;
    expect(longest(narrow)).toBeLessThanOrEqual(80);
  });

  test('passes its filters on, stops at its limit, and prints a JSON array where it is asked to', async () => {
    const line = ['study', 'trials', studyId, '--state', 'completed', '--generation', '0', '--limit', '1', '--json'];
    const { out, calls } = await commandLine(line, answers);
    expect(calls).toEqual([['listTrials', studyId, { state: 'completed', generation: 0 }]]);
    expect(JSON.parse(out)).toEqual([completed]);
  });

  test('prints the CSV of the service as it is, which takes no filter', async () => {
    const { code, out } = await commandLine(['study', 'trials', studyId, '--csv'], { trialsCsv: async () => 'trial\r\n0\r\n' });
    expect([code, out]).toEqual([0, 'trial\r\n0\r\n']);
    const filtered = await commandLine(['study', 'trials', studyId, '--csv', '--state', 'failed']);
    expect([filtered.code, filtered.calls]).toEqual([2, []]);
    expect(filtered.err).toContain("option '--csv' cannot be used with option '--state <state>'");
  });

  test.each(['0', '-1', '1.5', 'many'])('refuses --limit %s with 2, without asking', async (limit) => {
    const { code, err, calls } = await commandLine(['study', 'trials', studyId, `--limit=${limit}`]);
    expect([code, calls]).toEqual([2, []]);
    expect(err).toContain('It must be a whole number of at least 1.');
  });

  test('leaves columns out on a narrow terminal and names them', async () => {
    const { out } = await commandLine(['study', 'trials', studyId], { ...answers, listTrials: () => listed(completed) }, { columns: 80 });
    expect(longest(out)).toBeLessThanOrEqual(80);
    expect(out).toMatch(/\n\nLeft out, because the terminal is narrow: steps, source\n$/);
  });
});
