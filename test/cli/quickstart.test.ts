import { describe, expect, test } from 'vitest';
import { quickstart } from '../../src/cli/quickstart.ts';
import { type QuickstartDataset, quickstartStudy } from '../../src/cli/quickstart-study.ts';
import { resolveSpec, studySpecSchema } from '../../src/studies/spec.ts';
import { type FakeService, fakeClient } from './fake-client.ts';
import { screen } from './screen.ts';
import { endedStudy, study, studyId, trial } from './studies.ts';

const name = 'quickstart-spam-assassin';
const board = [trial(1, { number: 41, generation: 6, value: 0.95 }), trial(2, { number: 3, value: 0.9 })];

/** A quickstart on a fake service, to its end. */
async function run(service: FakeService, stop = new AbortController(), dataset: QuickstartDataset = 'spam-assassin') {
  const { client, calls } = fakeClient(service);
  const to = screen();
  const end = await quickstart({ client, dataset, screen: to, stop: stop.signal, pollMs: 1 });
  return { end, calls, text: to.text() };
}

describe('the study of a quickstart', () => {
  test.each(['spam-assassin', 'imdb'] as const)('is accepted as it is, on %s', (dataset) => {
    const spec = resolveSpec(studySpecSchema.parse(quickstartStudy(dataset)), 1);
    expect(spec).toMatchObject({ name: `quickstart-${dataset}`, objective: { dataset } });
  });
});

describe('which study a quickstart runs', () => {
  test('a new one where there is none of its name', async () => {
    const { calls, text } = await run({
      studies: [study({ name: 'another' })],
      created: study(),
      looks: [endedStudy()],
      leaderboard: board,
    });
    expect(calls).toEqual([`list ${name}`, `create ${name}`]);
    expect(text).toContain(`Study ${studyId}: a genetic search (approach III)`);
    expect(text).toContain('2000 texts of spam-assassin, 60 trials.');
  });

  test('the open one, which an interrupted quickstart left', async () => {
    const { end, calls, text } = await run({
      studies: [endedStudy({ id: 'old' }), study()],
      looks: [study(), endedStudy()],
      leaderboard: board,
    });
    expect(calls).toEqual([`list ${name}`]);
    expect(text).toContain(`Going on with study ${studyId}: 18 of 60 trials are completed.`);
    expect(end).toMatchObject({ kind: 'winner', study: { id: studyId } });
  });

  test('the paused one, which it resumes', async () => {
    const { calls, text } = await run({ studies: [study({ state: 'paused' })], looks: [endedStudy()], leaderboard: board });
    expect(calls).toEqual([`list ${name}`, `resume ${studyId}`]);
    expect(text).toContain(`Going on with study ${studyId}: 18 of 60`);
  });

  test('a new one where the last has ended', async () => {
    const { end, calls } = await run({
      studies: [endedStudy({ id: 'old' }), endedStudy({ id: 'older', state: 'cancelled' })],
      created: study({ id: 'new' }),
      looks: [endedStudy()],
      leaderboard: board,
    });
    expect(calls).toEqual([`list ${name}`, `create ${name}`]);
    expect(end).toMatchObject({ kind: 'winner', study: { id: 'new' } });
  });

  test('one for each dataset', async () => {
    const { calls } = await run({ studies: [study()], created: study(), looks: [endedStudy()] }, new AbortController(), 'imdb');
    expect(calls).toEqual(['list quickstart-imdb', 'create quickstart-imdb']);
  });
});

describe('how a quickstart ends', () => {
  test('with progress, leaderboard and winner', async () => {
    const { end, text } = await run({ studies: [study()], looks: [study(), study(), endedStudy()], leaderboard: board });
    expect(end.kind).toBe('winner');
    expect(text).toContain('generation 3 of 9 · 19 of 60 trials');
    expect(text).toMatch(/\nDone in \d+ s: 9 generations are evaluated\.\n/);
    expect(text).toMatch(/\n +1 +41 +6 +0\.9500 /);
    expect(text).toContain('\nWinner: trial 41, accuracy 0.9500 — epochs 4, hiddenUnits 20, learningRate 0.0105, maxLength 60\n');
  });

  test('without a winner where the study failed, and says why', async () => {
    const outcome = { reason: 'all-trials-failed', detail: 'all 12 trials failed: no memory', lastTrial: null } as const;
    const { end, text } = await run({ studies: [study()], looks: [endedStudy({ state: 'failed', outcome })], leaderboard: [] });
    expect(end).toMatchObject({ kind: 'no-winner', study: { state: 'failed' } });
    expect(text).toContain('The study failed: all 12 trials failed: no memory\n');
    expect(text).not.toContain('Winner');
  });

  test('without a winner where somebody cancelled the study, whatever its leaderboard has', async () => {
    const outcome = { reason: 'cancelled', detail: 'it was cancelled', lastTrial: null } as const;
    const { end, text } = await run({ studies: [study()], looks: [endedStudy({ state: 'cancelled', outcome })], leaderboard: board });
    expect(end.kind).toBe('no-winner');
    expect(text).not.toContain('Winner');
  });

  test('stopped where it is asked to stop, without another look at the study', async () => {
    const stop = new AbortController();
    let looks = 0;
    const onLook = (before: number): void => {
      looks = before + 1;
      if (before === 2) stop.abort();
    };
    const { end, text } = await run({ studies: [study()], looks: [study()], onLook }, stop);
    expect(end).toEqual({ kind: 'stopped' });
    expect(looks).toBe(3);
    expect(text).not.toContain('Leaderboard');
  });
});
