import { describe, expect, test } from 'vitest';
import { planAdvance } from '../../../src/studies/search/advance-plan.ts';
import { byNumber, counted, failing, half } from '../fake-objectives.ts';
import { advance, type FakeObjective, openTrials, settle, specOf, startStudy, viewOf } from '../simulator.ts';

describe('an asynchronous study of a sampler that looks back', () => {
  const asynchronous = (budget: object) =>
    specOf({ sampler: { type: 'tpe', startupTrials: 3 }, budget, parallelism: 4, schedule: 'asynchronous' });
  const seenOf = (study: ReturnType<typeof startStudy>, number: number) => study.trials[number]?.seen;

  test('begins with suggestions that saw nothing', () => {
    const { trials } = startStudy(asynchronous({ trials: 20 }));
    expect(trials.map(({ seen }) => seen)).toEqual(Array.from({ length: 4 }, () => ({ before: 0, except: [] })));
  });

  test('fills a place as soon as it is free, observes in order of number, and names what it did not see', () => {
    const study = startStudy(asynchronous({ trials: 20 }));
    for (const number of [2, 3]) {
      settle(study, number, half);
      advance(study);
    }
    expect(study.progress.observed).toBe(0);
    expect([4, 5].map((number) => seenOf(study, number))).toEqual([
      { before: 3, except: [0, 1] },
      { before: 4, except: [0, 1] },
    ]);
    settle(study, 0, failing);
    advance(study);
    expect(study.progress.observed).toBe(1);
    expect(seenOf(study, 6)).toEqual({ before: 4, except: [1] });
    settle(study, 1, () => null);
    advance(study);
    expect(study.progress.observed).toBe(4);
    expect(seenOf(study, 7)).toEqual({ before: 4, except: [] });
    expect(openTrials(study)).toEqual([4, 5, 6, 7]);
  });

  test('sees with several suggestions of one step the same, each knowing that the ones before are tried', () => {
    const study = startStudy(asynchronous({ trials: 20 }));
    for (const number of [0, 1, 3]) settle(study, number, half);
    advance(study);
    expect([4, 5, 6].map((number) => seenOf(study, number))).toEqual(Array.from({ length: 3 }, () => ({ before: 4, except: [2] })));
    expect(new Set(study.trials.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(7);
  });

  test('sees in the advance that was committed what is there by then, whatever one that was lost saw', () => {
    const study = startStudy(asynchronous({ trials: 20 }));
    settle(study, 3, half);
    expect(planAdvance(viewOf(study)).queue).toMatchObject([{ number: 4, seen: { before: 4, except: [0, 1, 2] } }]);
    settle(study, 1, half);
    advance(study);
    advance(study);
    expect([4, 5, 6].map((number) => seenOf(study, number))).toEqual([
      { before: 4, except: [0, 2] },
      { before: 4, except: [0, 2] },
      undefined,
    ]);
  });

  test('ends at the first trial by number that reaches its target, though later ones reached it earlier and were learned from', () => {
    const study = startStudy(asynchronous({ trials: 50, targetValue: 0.9 }));
    const objective = byNumber({ 1: 0.9, 3: 0.99 }, 0.5);
    for (const number of [3, 2, 1]) {
      settle(study, number, objective);
      advance(study);
      expect(study.state).toBe('active');
    }
    expect(seenOf(study, 6)).toEqual({ before: 4, except: [0] });
    settle(study, 0, objective);
    advance(study);
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'target', lastTrial: 1 }, progress: { observed: 2 } });
    expect(counted(study)).toEqual([0, 1]);
  });

  test('ends in failure once its first 10 trials by number brought no value, though a later one did', () => {
    const study = startStudy(asynchronous({ trials: 50 }));
    const objective: FakeObjective = (trial) => (trial.number === 10 ? 0.7 : failing(trial));
    for (const number of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
      settle(study, number, objective);
      advance(study);
    }
    expect(study).toMatchObject({ state: 'active', progress: { observed: 0 } });
    settle(study, 0, objective);
    advance(study);
    expect(study).toMatchObject({ state: 'failed', outcome: { reason: 'all-trials-failed', lastTrial: 9 } });
  });

  test('ends when its time is up at the last trial that finished, before it looks at what to suggest next', () => {
    const study = startStudy(asynchronous({ wallClockSeconds: 60 }));
    for (const number of [3, 1]) {
      settle(study, number, half);
      advance(study);
    }
    settle(study, 4, half);
    study.elapsedSeconds = 60;
    advance(study);
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'wall-clock', lastTrial: 4 }, progress: { suggested: 6 } });
    expect(counted(study)).toEqual([1, 3, 4]);
  });

  test('fills all its places when it is resumed, from all that finished while it was paused', () => {
    const study = startStudy(asynchronous({ trials: 20 }));
    for (const number of [0, 1, 2, 3]) settle(study, number, half); // Nobody advances a paused study.
    advance(study);
    expect(openTrials(study)).toEqual([4, 5, 6, 7]);
    expect([4, 5, 6, 7].map((number) => seenOf(study, number))).toEqual(Array.from({ length: 4 }, () => ({ before: 4, except: [] })));
  });

  test('queues no more than its budget, and ends when all of it is observed', () => {
    const study = startStudy(asynchronous({ trials: 6 }));
    for (const number of [3, 2, 1, 4, 5]) {
      settle(study, number, half);
      advance(study);
    }
    expect(study).toMatchObject({ state: 'active', progress: { observed: 0, suggested: 6 } });
    settle(study, 0, half);
    advance(study);
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'budget', detail: '6 trials are done', lastTrial: null } });
  });

  test('leaves the view it plans from as it was', () => {
    const study = startStudy(asynchronous({ trials: 20 }));
    for (const number of [0, 2, 3]) settle(study, number, half);
    const view = viewOf(study);
    planAdvance(view);
    expect(view).toEqual(viewOf(study));
  });
});
