import { describe, expect, test } from 'vitest';
import { geneticStateSchema } from '../../../src/samplers/genetic/state.ts';
import { isBeyondLimits, isStopped, type Outcome } from '../../../src/samplers/observation.ts';
import { ranked } from '../../../src/samplers/ranked.ts';
import { swarmStateSchema } from '../../../src/samplers/swarm/state.ts';
import { closed, completed, failed, nextGeneration, type Result, squareSampler, stopped } from './generations.ts';

describe('results', () => {
  const results: Outcome[] = [
    failed,
    stopped(2, 9),
    completed(1),
    { value: 9, violation: 2 },
    stopped(3, 1),
    stopped(5, null),
    stopped(3, 2),
    { value: 7, violation: 1 },
    completed(3),
    stopped(3, 2),
  ];
  const order = (direction: 'maximize' | 'minimize') =>
    ranked(
      direction,
      results.map((result, trial) => ({ ...result, trial })),
      ({ trial }) => trial,
    ).map(({ trial }) => trial);

  test('rank as completed within the limits, beyond them, stopped (the later the better, then by value), without a value', () => {
    expect(order('maximize')).toEqual([8, 2, 7, 3, 6, 9, 4, 1, 0, 5]);
    expect(order('minimize')).toEqual([2, 8, 7, 3, 4, 6, 9, 1, 0, 5]);
  });

  test('of stopped trials have no violation, and those without a value failed', () => {
    expect([isBeyondLimits({ violation: 1 }), isBeyondLimits({ violation: 1, prunedAt: 2 })]).toEqual([true, false]);
    expect([isStopped(stopped(1, 0)), isStopped(stopped(1, null)), isStopped(completed(0))]).toEqual([true, false, false]);
    const both = ranked('maximize', [{ value: 1, violation: 9, prunedAt: 4 }, stopped(3, 5)], () => 0);
    expect(both.map(({ prunedAt }) => prunedAt)).toEqual([4, 3]);
  });
});

const mixed: Result[] = [stopped(9, 50), completed(1), stopped(2, 60), completed(2), failed, stopped(9, 40)];

describe('genetic', () => {
  const options = { type: 'genetic', population: 6, elites: 3 };

  test('has no stopped trial as an elite before a completed one', () => {
    const sampler = squareSampler(options);
    const { state } = closed(sampler, [completed(0), completed(0), completed(0)], closed(sampler, mixed));
    const elites = sampler.population(state).filter(({ elite }) => elite);
    expect(elites).toEqual([
      { trial: 3, elite: true, value: 2 },
      { trial: 1, elite: true, value: 1 },
      { trial: 0, elite: true, value: 50, prunedAt: 9 },
    ]);
  });

  test('draws parents by fitness from stopped trials too, by their last value', () => {
    const sampler = squareSampler({ ...options, elites: 0, population: 40 });
    const { state } = closed(sampler, [stopped(1, 30), stopped(2, 30), completed(1e-6), ...Array<Result>(37).fill(failed)]);
    const parents = nextGeneration(sampler, state).flatMap(({ origin }) => origin['parents']);
    expect(new Set(parents)).toEqual(new Set([0, 1]));
  });

  test('ranks stopped members of tournaments behind completed ones', () => {
    const sampler = squareSampler({ ...options, population: 40, elites: 0, selection: 'tournament', tournamentSize: 39 });
    const { state } = closed(sampler, [completed(-5), completed(-6), ...Array<Result>(38).fill(stopped(3, 10))]);
    // A tournament of 39 of 40, or of all the others, has at least one of the two: the loser of a draw may be left out once.
    const parents = nextGeneration(sampler, state).flatMap(({ origin }) => origin['parents']);
    expect(parents.filter((parent) => parent === 0 || parent === 1).length).toBeGreaterThan(70);
  });

  test('marks stopped members in its state, and reads a state that has no marks', () => {
    const sampler = squareSampler(options);
    const { population } = geneticStateSchema.parse(closed(sampler, mixed).state);
    expect(population.map(({ prunedAt }) => prunedAt)).toEqual([9, undefined, 2, undefined, undefined, 9]);
    const plain = closed(
      sampler,
      mixed.map(({ value }) => ({ value })),
    );
    expect(JSON.stringify(plain.state)).not.toContain('prunedAt');
    expect(sampler.population(JSON.parse(JSON.stringify(plain.state)))).toHaveLength(6);
  });
});

describe('nsga2 with one metric', () => {
  const sampler = squareSampler({ type: 'nsga2', population: 6 });

  test('ranks stopped trials behind all completed ones and before failures, those that got further first', () => {
    const { state } = closed(sampler, mixed);
    expect(sampler.population(state).map(({ trial }) => trial)).toEqual([3, 1, 0, 5, 2, 4]);
    expect(sampler.population(state)[2]).toEqual({ trial: 0, elite: false, value: 50, prunedAt: 9 });
  });

  test('replaces stopped survivors by completed children, however bad', () => {
    const { state } = closed(sampler, [-1, -2, -3, -4].map(completed), closed(sampler, mixed));
    expect(sampler.population(state).map(({ trial }) => trial)).toEqual([3, 1, 6, 7, 8, 9]);
  });
});

describe('swarm', () => {
  const sampler = squareSampler({ type: 'swarm', particles: 6, topology: 'global' });
  const bests = (state: unknown) => swarmStateSchema.parse(state).particles.map(({ best }) => best?.trial ?? null);

  test('has a stopped trial as a best position of a particle only until that has a completed one', () => {
    const first = closed(sampler, mixed);
    expect(bests(first.state)).toEqual([0, 1, 2, 3, null, 5]);
    const second = closed(sampler, [completed(-9), stopped(20, 99), stopped(1, 99), failed, stopped(1, 0), stopped(9, 41)], first);
    expect(bests(second.state)).toEqual([6, 1, 2, 3, 10, 11]);
    expect(swarmStateSchema.parse(second.state).particles[5]?.best).toMatchObject({ trial: 11, value: 41, prunedAt: 9 });
  });

  test('follows a completed informant rather than a stopped one of a better value', () => {
    const { state } = closed(sampler, mixed);
    expect(nextGeneration(sampler, state).map(({ origin }) => origin['informant'])).toEqual(Array(6).fill(3));
    const without = closed(sampler, [stopped(1, 9), stopped(2, 1), stopped(2, 2), failed, failed, failed]);
    expect(nextGeneration(sampler, without.state).map(({ origin }) => origin['informant'])).toEqual(Array(6).fill(2));
  });

  test('gives the worst own best, a stopped one first, to a given trial that completed', () => {
    const own = nextGeneration(sampler, sampler.init()).map((suggestion, slot) => ({
      ...suggestion,
      number: slot + 2,
      index: slot,
      ...(slot === 4 ? stopped(3, 100) : completed(slot)),
    }));
    const guest = (number: number, result: Result) => ({ number, index: null, parameters: { x: 0.5, y: 0.5 }, origin: {}, ...result });
    const withCompleted = sampler.observe(sampler.init(), [guest(0, completed(-50)), guest(1, stopped(2, 500)), ...own]);
    expect(bests(withCompleted)).toEqual([2, 3, 4, 5, 0, 7]);
    expect(bests(sampler.observe(sampler.init(), [guest(1, stopped(2, 500)), ...own]))).toEqual([2, 3, 4, 5, 6, 7]);
  });
});

describe('cma-es', () => {
  const sampler = squareSampler({ type: 'cma-es', population: 6, restarts: true });
  const distributionAfter = (results: readonly Result[]) => JSON.parse(JSON.stringify(closed(sampler, results).state)).distribution;

  test('ranks stopped trials behind completed ones and before failures, those that got further first', () => {
    expect(distributionAfter(mixed)).toEqual(distributionAfter([-3, 1, -5, 2, -6, -4].map(completed)));
    expect(distributionAfter([stopped(1, 1), stopped(2, 0), failed, failed, failed, failed])).toEqual(
      distributionAfter([completed(1), completed(2), failed, failed, failed, failed]),
    );
  });

  test('takes no value of a stopped trial for the best of a generation, and marks its members', () => {
    const { state } = closed(sampler, [stopped(3, 9), stopped(3, 8)], closed(sampler, mixed));
    expect(state).toMatchObject({ bests: [2, null] });
    expect(sampler.population(state)[0]).toEqual({ trial: 6, value: 9, elite: false, prunedAt: 3 });
  });

  test('restarts where completed trials no longer differ, whatever those had that were stopped', () => {
    let search = closed(sampler, mixed);
    let rounds = 0;
    for (; JSON.parse(JSON.stringify(search.state)).restarts === 0 && rounds < 60; rounds += 1)
      search = closed(sampler, [completed(1), completed(1), ...[5, 6, 7, 8].map((value) => stopped(2, value + rounds))], search);
    // The best values of 10 + ⌈30 · 2 / 6⌉ generations decide.
    expect(rounds).toBe(20);
  });
});
