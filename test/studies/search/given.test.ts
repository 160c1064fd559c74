import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/shared/random.ts';
import type { GivenTrial } from '../../../src/studies/definition/given-trials.ts';
import { planStart } from '../../../src/studies/search/advance-plan.ts';
import {
  advance,
  type FakeObjective,
  give,
  openTrials,
  runInDisorder,
  runInOrder,
  type SimulatedStudy,
  settle,
  specOf,
  startStudy,
  viewOf,
  whatCounts,
} from '../simulator.ts';

/** A configuration by its two numbers, known if it has a value. */
function named(units: number, value?: number): GivenTrial {
  return {
    parameters: { learningRate: Number((0.0005 * (1 + (units % 40))).toFixed(4)), hiddenUnits: units },
    ...(value !== undefined && { values: { value } }),
  };
}

const objective: FakeObjective = ({ parameters }) => {
  const units = Number(parameters['hiddenUnits']);
  if (units % 9 === 0) return { code: 'training-error', message: 'it did not converge' };
  return units % 7 === 0 ? null : 1 / (1 + (units - 40) ** 2);
};

const givenTrials = [named(40, 0.9), named(11), named(12, 0.1), named(18), named(41, 0.95), named(13)];

const searches = {
  random: { sampler: { type: 'random' }, budget: { trials: 23 }, parallelism: 4 },
  'quasi-random': { sampler: { type: 'quasi-random' }, budget: { trials: 23 }, parallelism: 3 },
  grid: {
    sampler: { type: 'grid', axes: { learningRate: { values: [0.0005, 0.0065] }, hiddenUnits: { values: [11, 12, 13] } } },
    parallelism: 5,
  },
  list: { sampler: { type: 'list', points: [1, 2, 11, 3, 41].map((units) => named(units).parameters) } },
  tpe: { sampler: { type: 'tpe', startupTrials: 8 }, budget: { trials: 23 }, parallelism: 4 },
  'tpe, one at a time': { sampler: { type: 'tpe', startupTrials: 3 }, budget: { trials: 17 }, parallelism: 1 },
  'tpe, asynchronous, alone': {
    sampler: { type: 'tpe', startupTrials: 3 },
    budget: { trials: 17 },
    parallelism: 1,
    schedule: 'asynchronous',
  },
  genetic: { sampler: { type: 'genetic', population: 6, elites: 2 }, budget: { generations: 5 } },
  swarm: { sampler: { type: 'swarm', particles: 6 }, budget: { generations: 5 } },
  'genetic, cut short': { sampler: { type: 'genetic', population: 6, elites: 1 }, budget: { trials: 19 }, parallelism: 3 },
};

describe.each(Object.entries(searches))('a study with given trials in its definition (%s)', (name, fields) => {
  const spec = specOf({ ...fields, givenTrials });

  it('is the same in whatever order its trials finish', () => {
    const inOrder = whatCounts(runInOrder(spec, objective));
    for (const seed of [1, 2, 3, 4, 5]) {
      const study = runInDisorder(spec, objective, seed);
      if (!name.includes('asynchronous')) expect(whatCounts(study)).toBe(inOrder);
      expectSound(study);
    }
  });

  it('begins with them, has another search than without them, and charges the enqueued ones alone', () => {
    const study = runInOrder(spec, objective);
    expect(study.trials.slice(0, 6).map(({ given, index }) => [given, index])).toEqual(
      givenTrials.map(({ values }) => [values ? 'known' : 'enqueued', null]),
    );
    expect(study.progress).toMatchObject({ known: 3, enqueued: 3 });
    const { trials } = spec.budget;
    if (trials !== undefined && study.outcome?.reason === 'budget') expect(study.trials.length).toBe(trials + 3);
    expect(study.outcome?.detail).not.toContain(`${study.trials.length} trials are done`);
  });
});

/** Numbers without a gap; indices that grow with them, of the suggested trials alone. */
function expectSound({ trials, progress }: SimulatedStudy): void {
  expect(trials.map(({ number }) => number)).toEqual(trials.map((_, number) => number));
  const indices = trials.flatMap(({ index }) => index ?? []);
  expect(indices).toEqual(indices.toSorted((one, other) => one - other));
  expect(new Set(indices).size).toBe(indices.length);
  expect(trials.filter(({ given }) => given !== null).length).toBe(progress.known + progress.enqueued);
  for (const { given, index } of trials) expect(given === null).toBe(index !== null);
}

describe('a known result', () => {
  it('is visible to the first suggestion, also of a wide window', () => {
    const known = Array.from({ length: 12 }, (_, place) => named(30 + place, place));
    const fields = { sampler: { type: 'tpe', startupTrials: 12 }, budget: { trials: 5 }, parallelism: 4 };
    const study = startStudy(specOf({ ...fields, givenTrials: known }));
    expect(study.trials[12]?.origin).toMatchObject({ phase: 'model', good: 2, bad: 10 });
    expect(startStudy(specOf(fields)).trials[0]?.origin).toMatchObject({ phase: 'startup' });
    expect(study.trials[12]?.parameters).not.toEqual(startStudy(specOf(fields)).trials[0]?.parameters);
  });

  it('ends no study: neither by its value nor by its number', () => {
    const known = Array.from({ length: 15 }, (_, place) => named(1 + place, 5));
    const spec = specOf({ sampler: { type: 'random' }, budget: { trials: 3, targetValue: 1 }, givenTrials: known });
    const study = startStudy(spec);
    expect(study).toMatchObject({ state: 'active', progress: { observed: 15, known: 15, suggested: 3, withValue: 0 } });
    for (const number of openTrials(study)) settle(study, number, () => 0.5);
    advance(study);
    expect(study).toMatchObject({
      state: 'completed',
      outcome: { reason: 'budget', detail: '3 trials are done' },
      progress: { withValue: 3 },
    });
  });

  it('does not hide that every evaluation fails', () => {
    const spec = specOf({ sampler: { type: 'random' }, budget: { trials: 50 }, parallelism: 1, givenTrials: [named(1, 1), named(2, 2)] });
    const study = runInOrder(spec, () => ({ code: 'training-error', message: 'never' }));
    expect(study).toMatchObject({ state: 'failed', outcome: { reason: 'all-trials-failed', lastTrial: 11 } });
    expect(study.outcome?.detail).toContain('the first 10 trials');
  });
});

describe('an enqueued trial', () => {
  it('takes a place of the parallelism, and ends the study when it reaches the target; all that the definition gives count', () => {
    const spec = specOf({
      sampler: { type: 'random' },
      budget: { trials: 9, targetValue: 1 },
      parallelism: 3,
      givenTrials: [named(1), named(2)],
    });
    const study = startStudy(spec);
    expect(openTrials(study)).toEqual([0, 1, 2]);
    settle(study, 0, () => 1);
    advance(study);
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'target', lastTrial: 1 } });
  });

  it('is evaluated also beyond the budget, and after the last generation that a budget allows', () => {
    for (const sampler of [{ type: 'random' }, { type: 'genetic', population: 4, elites: 1 }]) {
      const study = startStudy(specOf({ sampler, budget: { trials: 6 }, parallelism: 2 }));
      for (let done = 0; done < 5; done += 1) {
        for (const number of openTrials(study).slice(0, 1)) settle(study, number, () => 0.5);
        advance(study);
      }
      give(study, [named(1), named(2), named(3)]);
      while (study.state === 'active') {
        for (const number of openTrials(study).slice(0, 1)) settle(study, number, () => 0.5);
        advance(study);
      }
      expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'budget', detail: '9 trials are done' } });
      expect(study.trials.every(({ state }) => state === 'completed')).toBe(true);
    }
  });
});

describe('a grid', () => {
  const axes = { learningRate: { values: [0.0005, 0.001] }, hiddenUnits: { values: [1, 2] } };

  it('skips the points that were given before them, and uses up their indices', () => {
    const point = { learningRate: 0.001, hiddenUnits: 1 };
    const spec = specOf({ sampler: { type: 'grid', axes }, parallelism: 1, givenTrials: [{ parameters: point, values: { value: 1 } }] });
    const study = runInOrder(spec, () => 0.5);
    expect(study.trials.map(({ index, parameters }) => [index, parameters])).toEqual([
      [null, point],
      [0, { learningRate: 0.0005, hiddenUnits: 1 }],
      [1, { learningRate: 0.0005, hiddenUnits: 2 }],
      [3, { learningRate: 0.001, hiddenUnits: 2 }],
    ]);
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'exhausted', detail: 'all 4 points are tried' } });
  });

  it('that is known already has nothing to try, and completes', () => {
    const points = axes.learningRate.values.flatMap((learningRate) =>
      axes.hiddenUnits.values.map((hiddenUnits) => ({ learningRate, hiddenUnits })),
    );
    const known = points.map((parameters) => ({ parameters, values: { value: 1 } }));
    const study = startStudy(specOf({ sampler: { type: 'grid', axes }, givenTrials: known }));
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'exhausted' }, progress: { suggested: 4, skipped: 4, known: 4 } });
  });
});

describe('guests of a generation', () => {
  it('join the population that the next one is bred from, and live on as elites', () => {
    const spec = specOf({
      sampler: { type: 'genetic', population: 5, elites: 1 },
      budget: { generations: 3 },
      givenTrials: [named(40, 99), named(3, -1)],
    });
    const study = runInOrder(spec, () => 0.5);
    const [, first, second] = study.checkpoints;
    expect(first?.population.map(({ trial, elite, value }) => [trial, elite, value])).toEqual([
      [0, false, 99],
      [1, false, -1],
      ...[2, 3, 4, 5, 6].map((trial) => [trial, false, 0.5]),
    ]);
    expect(second?.population[0]).toEqual({ trial: 0, elite: true, value: 99 });
    expect(study.trials.length).toBe(2 + 5 + 4 + 4);
    expect(study.trials.slice(7).some(({ origin }) => JSON.stringify(origin['parents']).includes('0'))).toBe(true);
  });

  it('belong to the generation whose last member is suggested after them', () => {
    const study = startStudy(
      specOf({ sampler: { type: 'genetic', population: 3, elites: 1 }, budget: { generations: 3 }, parallelism: 3 }),
    );
    give(study, [named(40, 99)]);
    const chance = randomStream(1, 'order');
    while (study.state === 'active') {
      const open = openTrials(study);
      settle(study, open[chance.integer(open.length)] ?? -1, () => 0.5);
      advance(study);
    }
    expect(study.checkpoints.map(({ population }) => population.map(({ trial }) => trial))).toEqual([
      [],
      [0, 1, 2],
      [0, 3, 4, 5],
      [3, 6, 7],
    ]);
  });
});

it('a study with given trials begins with its checkpoint alone, and an advance goes on', () => {
  const spec = specOf({ sampler: { type: 'random' }, budget: { trials: 3 }, givenTrials });
  expect(planStart(spec)).toMatchObject({ queue: [], again: true, progress: { known: 3, enqueued: 3, observed: 0 } });
  expect(viewOf(startStudy(spec)).progress.suggested).toBe(0);
});
