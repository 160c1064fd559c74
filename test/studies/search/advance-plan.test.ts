import { describe, expect, test, vi } from 'vitest';
import { type ResolvedSpec, samplerOf } from '../../../src/studies/definition/definition.ts';
import { planAdvance } from '../../../src/studies/search/advance-plan.ts';
import { byNumber, counted, failing, half } from '../fake-objectives.ts';
import { advance, openTrials, runInDisorder, runInOrder, settle, specOf, startStudy, viewOf, whatCounts } from '../simulator.ts';

vi.mock('../../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const random = { type: 'random' };
const genetic = { type: 'genetic', population: 6, elites: 2 };
const upTo = (last: number) => Array.from({ length: last + 1 }, (_, number) => number);

describe('a new study', () => {
  test('begins with a checkpoint of the state before the first trial and as many trials as may be open', () => {
    const study = startStudy(specOf({ sampler: random, budget: { trials: 45 }, parallelism: 4 }));
    expect(study.checkpoints).toMatchObject([{ sequence: 0, generation: null, trials: 0 }]);
    expect(openTrials(study)).toEqual([0, 1, 2, 3]);
  });

  test('queues no more trials than its budget or its grid has', () => {
    expect(openTrials(startStudy(specOf({ sampler: random, budget: { trials: 2 } })))).toEqual([0, 1]);
    const grid = { type: 'grid', axes: { learningRate: { points: 1 }, hiddenUnits: { points: 3 } } };
    expect(openTrials(startStudy(specOf({ sampler: grid })))).toEqual([0, 1, 2]);
  });

  test('of a generational sampler queues a whole generation by default, and its trials say which', () => {
    const study = startStudy(specOf({ sampler: genetic, budget: { generations: 2 } }));
    expect(study.trials.map((trial) => trial.generation)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('observing', () => {
  test('goes strictly by trial number, and a finished trial makes room all the same', () => {
    const study = startStudy(specOf({ sampler: random, budget: { trials: 20 }, parallelism: 3 }));
    settle(study, 2, half);
    advance(study);
    expect(study.progress.observed).toBe(0);
    expect(openTrials(study)).toEqual([0, 1, 3]);
    settle(study, 0, half);
    advance(study);
    expect(study.progress.observed).toBe(1);
    settle(study, 1, half);
    advance(study);
    expect(study.progress.observed).toBe(3);
  });

  test('waits for a whole generation, then closes it with a checkpoint and breeds the next', () => {
    const study = startStudy(specOf({ sampler: genetic, budget: { generations: 2 } }));
    for (const number of [5, 3, 1, 0, 2]) settle(study, number, half);
    advance(study);
    expect(study).toMatchObject({ progress: { observed: 0, suggested: 6 } });
    settle(study, 4, half);
    advance(study);
    expect(study).toMatchObject({ progress: { observed: 6, suggested: 10 } });
    expect(study.checkpoints.map(({ generation, trials }) => [generation, trials])).toEqual([
      [null, 0],
      [0, 6],
    ]);
  });

  test('writes a checkpoint after every 20th trial of a sequential search', () => {
    const study = runInOrder(specOf({ sampler: random, budget: { trials: 45 } }), half);
    expect(study.checkpoints.map((checkpoint) => checkpoint.trials)).toEqual([0, 20, 40]);
  });

  test('counts cancelled and pruned trials as finished', () => {
    const study = startStudy(specOf({ sampler: random, budget: { trials: 3 } }));
    for (const number of [0, 1, 2]) settle(study, number, half);
    study.trials[1] = Object.assign({}, study.trials[1], { state: 'pruned' });
    advance(study);
    expect(study).toMatchObject({ state: 'completed', progress: { observed: 3 } });
  });
});

describe('a study ends', () => {
  test('when its trials are used up', () => {
    const study = runInOrder(specOf({ sampler: random, budget: { trials: 7 } }), half);
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'budget', detail: '7 trials are done', lastTrial: null } });
    expect(study.trials).toHaveLength(7);
  });

  test('when its generations are done', () => {
    const study = runInOrder(specOf({ sampler: genetic, budget: { generations: 4 } }), half);
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'budget', detail: '4 generations are done', lastTrial: null } });
    expect(study.trials).toHaveLength(6 + 3 * 4);
    expect(study.checkpoints.map((checkpoint) => checkpoint.generation)).toEqual([null, 0, 1, 2, 3]);
  });

  test.each([
    [{ trials: 9, generations: 4 }, 9, '9 trials are done'],
    [{ trials: 14, generations: 3 }, 14, '3 generations are done'],
    [{ trials: 100, generations: 2 }, 10, '2 generations are done'],
  ])('by whichever of %o comes first', (budget, trials, detail) => {
    const study = runInOrder(specOf({ sampler: genetic, budget }), half);
    expect(study.trials).toHaveLength(trials);
    expect(study.outcome).toMatchObject({ reason: 'budget', detail });
  });

  test('with a text in the singular after one trial, one generation or one point', () => {
    const one = (differences: Parameters<typeof specOf>[0]) =>
      runInOrder(specOf({ ...differences, ranking: 'finite-first' }), half).outcome?.detail;
    expect(one({ sampler: random, budget: { trials: 1 } })).toBe('1 trial is done');
    expect(one({ sampler: genetic, budget: { generations: 1 } })).toBe('1 generation is done');
    expect(one({ sampler: { type: 'grid', axes: { learningRate: { points: 1 }, hiddenUnits: { points: 1 } } } })).toBe(
      'the only point is tried',
    );
  });

  test('with the text of 0.1.0 where its definition is from before 0.2.0, because a verification compares it', () => {
    const spec = specOf({ sampler: random, budget: { trials: 1 } });
    expect(runInOrder(spec, half).outcome?.detail).toBe('1 trials are done');
  });

  test('when every point of its grid is tried', () => {
    const study = runInOrder(
      specOf({ sampler: { type: 'grid', axes: { learningRate: { points: 3 }, hiddenUnits: { points: 2 } } }, parallelism: 4 }),
      half,
    );
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'exhausted', detail: 'all 6 points are tried' } });
    expect(new Set(study.trials.map((trial) => JSON.stringify(trial.parameters))).size).toBe(6);
  });

  test('at the first trial by number that reaches the target, though later ones reached it earlier', () => {
    const study = startStudy(specOf({ sampler: random, budget: { trials: 50, targetValue: 0.9 }, parallelism: 8 }));
    const objective = byNumber({ 4: 0.9, 6: 0.99 }, 0.5);
    for (const number of [6, 7, 4, 5, 3, 2, 1]) settle(study, number, objective);
    advance(study);
    expect(study.state).toBe('active');
    settle(study, 0, objective);
    advance(study);
    expect(study).toMatchObject({
      state: 'completed',
      outcome: { reason: 'target', detail: 'trial 4 reached value 0.9, the target was 0.9', lastTrial: 4 },
    });
    expect(counted(study)).toEqual(upTo(4));
  });

  test('at a target of a minimised metric that is reached from above', () => {
    const study = runInOrder(
      specOf({ sampler: random, metrics: [{ name: 'value' }], budget: { trials: 50, targetValue: 0.1 } }),
      byNumber({ 2: 0.11, 3: 0.1 }, 0.5),
    );
    expect(study.outcome).toMatchObject({ reason: 'target', lastTrial: 3 });
  });

  test('at a target within a generation only once that generation is closed, and all of it counts', () => {
    const study = runInDisorder(specOf({ sampler: genetic, budget: { generations: 50, targetValue: 0.9 } }), byNumber({ 7: 0.95 }, 0.5), 3);
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'target', lastTrial: null }, progress: { observed: 10 } });
    expect(counted(study)).toEqual(upTo(9));
  });

  test('when its time is up: at the last trial that finished, what is still open is cancelled', () => {
    const study = startStudy(specOf({ sampler: random, budget: { wallClockSeconds: 60 }, parallelism: 4 }));
    for (const number of [0, 1, 3]) settle(study, number, half);
    study.elapsedSeconds = 59.9;
    advance(study);
    expect(study.state).toBe('active');
    study.elapsedSeconds = 60;
    advance(study);
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'wall-clock', lastTrial: 3 } });
    expect(counted(study)).toEqual([0, 1, 3]);
    expect(openTrials(study)).toEqual([]);
  });

  test('in failure when none of its first 10 trials brought a value, and later ones do not count', () => {
    const study = runInDisorder(specOf({ sampler: random, budget: { trials: 50 }, parallelism: 16 }), failing, 5);
    expect(study).toMatchObject({ state: 'failed', outcome: { reason: 'all-trials-failed', lastTrial: 9 } });
    expect(counted(study)).toEqual(upTo(9));
  });

  test('in failure when none of all its trials brought a value, be they fewer than 10', () => {
    const study = runInOrder(specOf({ sampler: random, budget: { trials: 3 } }), () => null);
    expect(study).toMatchObject({ state: 'failed', outcome: { reason: 'all-trials-failed' } });
  });

  test('not in failure where a single early trial brought a value', () => {
    const study = runInOrder(specOf({ sampler: random, budget: { trials: 30 } }), (trial) => (trial.number === 9 ? 0.1 : failing(trial)));
    expect(study).toMatchObject({ state: 'completed', progress: { observed: 30, withValue: 1 } });
  });

  test('not in failure where its trials were measured on the test split, though every model diverged', () => {
    const measuring = { ...specOf({ sampler: random, budget: { trials: 12 } }), evaluate: true };
    expect(runInOrder(measuring, () => null)).toMatchObject({ state: 'completed', outcome: { reason: 'budget' } });
    expect(runInOrder(measuring, failing)).toMatchObject({ state: 'failed', outcome: { reason: 'all-trials-failed' } });
  });

  test.each(['data-unavailable', 'trainer-unavailable'] as const)(
    'at once with the message of a failure that all trials share (%s)',
    (code) => {
      const study = startStudy(specOf({ sampler: random, budget: { trials: 50 }, parallelism: 4 }));
      settle(study, 2, () => ({ code, message: 'the archive is missing' }));
      advance(study);
      expect(study).toMatchObject({
        state: 'failed',
        outcome: { reason: 'trainer-unavailable', detail: 'the archive is missing' },
      });
      expect(openTrials(study)).toEqual([]);
    },
  );

  describe('when the service has another sampler than it began with, and says which and what to do:', () => {
    const stopped = (objective = half) => {
      const study = startStudy(specOf({ sampler: random, budget: { trials: 50 }, parallelism: 4 }));
      study.progress = { ...study.progress, version: study.progress.version + 1 };
      settle(study, 0, objective);
      advance(study);
      return study;
    };
    const { version } = samplerOf(specOf({ sampler: random, budget: { trials: 1 } }));
    const ofSampler = `the study began with version ${version + 1} of the random sampler and this service has version ${version}, which would suggest other trials`;
    const advice = ': POST its definition again to search with the code of this service';

    test('before anything of it is observed', () => {
      const study = stopped();
      const detail = `${ofSampler}${advice}`;
      expect(study).toMatchObject({ state: 'failed', outcome: { reason: 'version', detail, lastTrial: null }, progress: { observed: 0 } });
      expect(openTrials(study)).toEqual([]);
    });

    test('whatever its trials came to', () => {
      const study = stopped(() => ({ code: 'trainer-unavailable', message: 'no trainer' }));
      expect(study.outcome).toMatchObject({ reason: 'version' });
    });
  });
});

describe('a fork', () => {
  const fields = { budget: { trials: 30 }, parallelism: 8, seed: 1 };
  const parametersOf = (spec: ResolvedSpec) => runInOrder(spec, half).trials.map(({ parameters }) => parameters);
  /** Kept: 5 trials of seed 1, then up to trial 12 those of seed 2; the others are of seed 3. */
  const forked = (spec: ResolvedSpec): ResolvedSpec => ({
    ...spec,
    seed: 3,
    lineage: [
      { trials: 5, seed: 1 },
      { trials: 12, seed: 2 },
    ],
  });

  test('suggests each trial with the seed of its stretch, also where one step queues trials of several', () => {
    const spec = specOf({ ...fields, sampler: random });
    const [one, two, three] = [1, 2, 3].map((seed) => parametersOf({ ...spec, seed }));
    expect(parametersOf(forked(spec))).toEqual([...(one ?? []).slice(0, 5), ...(two ?? []).slice(5, 12), ...(three ?? []).slice(12)]);
  });

  test.each([
    ['genetic', { sampler: genetic, budget: { generations: 6 } }, 14],
    ['tpe', { sampler: { type: 'tpe', startupTrials: 4 }, budget: { trials: 26 }, parallelism: 4 }, 11],
    [
      'tpe, asynchronous',
      { sampler: { type: 'tpe', startupTrials: 4 }, budget: { trials: 26 }, parallelism: 4, schedule: 'asynchronous' },
      11,
    ],
  ])('with the seed it had goes on as its original, and with another one otherwise from there on (%s)', (_what, study, trials) => {
    const spec = specOf({ ...fields, ...study });
    const original = parametersOf(spec);
    expect(parametersOf({ ...spec, lineage: [{ trials, seed: spec.seed }] })).toEqual(original);
    const other = parametersOf({ ...spec, seed: 99, lineage: [{ trials, seed: spec.seed }] });
    expect(other.slice(0, trials)).toEqual(original.slice(0, trials));
    expect(other.slice(trials)).not.toEqual(original.slice(trials));
  });

  test('ends the same in any order', () => {
    const spec = forked(specOf({ ...fields, sampler: random }));
    expect(whatCounts(runInDisorder(spec, half, 4))).toBe(whatCounts(runInOrder(spec, half)));
  });
});

test('a plan leaves the view it was made from as it was', () => {
  const study = startStudy(specOf({ sampler: genetic, budget: { generations: 3 } }));
  for (const number of openTrials(study)) settle(study, number, half);
  const view = viewOf(study);
  planAdvance(view);
  expect(view).toEqual(viewOf(study));
});
