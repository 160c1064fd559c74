import { describe, expect, test } from 'vitest';
import type { Problem, Suggestion } from '../../src/samplers/contract.ts';
import type { Observation } from '../../src/samplers/observation.ts';
import { continuedBy } from '../../src/samplers/origin.ts';
import { effortOf, halving, hyperbandBrackets, levelsFrom, levelsOf } from '../../src/samplers/rungs/brackets.ts';
import { experienceOf } from '../../src/samplers/rungs/experience.ts';
import { samplerFor, samplerOptionsSchema } from '../../src/samplers/table.ts';
import { randomStream } from '../../src/shared/random.ts';
import { type IntParameter, searchSpaceSchema } from '../../src/space/schema.ts';

const steps = (low: number, high: number, step = 1): IntParameter => ({ type: 'int', name: 'steps', low, high, step, scale: 'linear' });

describe('the steps at which a search measures', () => {
  test.each([
    [steps(1, 81), 3, [1, 3, 9, 27, 81]],
    [steps(1, 7), 3, [2, 7]],
    [steps(2, 100), 4, [6, 25, 100]],
    [steps(10, 200, 50), 2, [10, 60, 160]],
    [steps(1, 2), 3, [2]],
  ])('are the most, divided by η again and again, as values of the parameter', (fidelity, factor, levels) => {
    expect(levelsOf(fidelity, factor)).toEqual(levels);
  });

  test.each([
    [steps(1, 15), 1, 3, [1, 3, 9]],
    [steps(1, 9), 1, 3, [1, 3]],
    [steps(4, 9), 1, 2, [4, 8]],
    [steps(2, 20, 6), 3, 2, [2, 8, 14]],
  ])('are the least, times η again and again, below the most', (fidelity, least, factor, levels) => {
    expect(levelsFrom(fidelity, least, factor)).toEqual(levels);
  });
});

describe('brackets', () => {
  test('of successive halving let one of η go on', () => {
    expect(halving([1, 3, 9], 10, 3)).toEqual({ steps: [1, 3, 9], trials: [10, 3, 1] });
    expect(halving([1, 2, 4], 2, 2)).toEqual({ steps: [1, 2, 4], trials: [2, 1, 1] });
  });

  test('of Hyperband for R = 81 and η = 3 are those of its algorithm 1', () => {
    expect(hyperbandBrackets([1, 3, 9, 27, 81], 3)).toEqual([
      { steps: [1, 3, 9, 27, 81], trials: [81, 27, 9, 3, 1] },
      { steps: [3, 9, 27, 81], trials: [34, 11, 3, 1] },
      { steps: [9, 27, 81], trials: [15, 5, 1] },
      { steps: [27, 81], trials: [8, 2] },
      { steps: [81], trials: [5] },
    ]);
  });
});

describe('the work of a search', () => {
  const levels = [1, 3, 9, 27];

  test.each([
    ['one bracket', 40, { configurations: 27, steps: 27 + 27 + 27 + 27, newSteps: 27 + 9 * 2 + 3 * 6 + 18 }],
    ['a part of it', 30, { configurations: 27, steps: 27 + 9, newSteps: 27 + 6 }],
    ['a bracket and a part of the next', 42, { configurations: 29, steps: 110, newSteps: 83 }],
  ])('of %s counts each configuration once, and the steps that are new', (_title, trials, effort) => {
    expect(effortOf(() => halving(levels, 27, 3), trials)).toEqual(effort);
  });

  test('ends with its brackets', () => {
    const once = (index: number) => (index === 0 ? halving(levels, 27, 3) : null);
    expect(effortOf(once, 999)).toEqual(effortOf(once, 40));
  });
});

const space = searchSpaceSchema.parse([{ type: 'float', name: 'x', low: 0, high: 1 }, steps(1, 9)]);
const problem: Problem = { space, direction: 'minimize' };

/** Searches on a function until so many trials are done, and observes every rung. */
function searched(
  options: object,
  trials: number,
  measured: (suggestion: Suggestion, number: number) => number | null,
  of: Problem = problem,
): Observation[] {
  const sampler = samplerFor(of, samplerOptionsSchema.parse(options));
  const observations: Observation[] = [];
  let state = sampler.init();
  while (observations.length < trials) {
    const { firstIndex = 0, size = 0 } = sampler.generation(state) ?? {};
    const stream = (purpose: string, ...indices: number[]) => randomStream(5, purpose, ...indices);
    const proposal = sampler.suggest(state, { firstIndex, count: size, history: observations, pending: [], stream });
    if (proposal.kind !== 'suggestions') break;
    const seen = proposal.suggestions.map((suggestion, place) => {
      const number = firstIndex + place;
      return { ...suggestion, number, index: number, value: measured(suggestion, number) };
    });
    state = sampler.observe(state, seen);
    observations.push(...seen);
  }
  return observations;
}

const halved = { type: 'successive-halving', fidelity: 'steps', rounds: 1, proposer: { type: 'random' } };

describe('successive halving', () => {
  test('continues the best of each rung with more steps, the best first', () => {
    const trials = searched(halved, 99, ({ parameters }) => Number(parameters['x']));
    expect(trials.map(({ parameters }) => parameters['steps'])).toEqual([...Array(9).fill(1), 3, 3, 3, 9]);
    const best = trials.slice(0, 9).sort((one, other) => Number(one.value) - Number(other.value));
    expect(trials.slice(9).map(({ origin }) => continuedBy(origin))).toEqual([...best.slice(0, 3).map(({ number }) => number), 9]);
    expect(trials[9]?.parameters['x']).toBe(best[0]?.parameters['x']);
  });

  test('continues no trial that failed, and begins the next bracket if all did', () => {
    const some = searched(halved, 99, (_, number) => (number < 8 ? null : number));
    expect(some.map(({ origin }) => origin['rung'])).toEqual([...Array(9).fill(0), 1, 2]);
    const none = searched({ ...halved, rounds: 2 }, 99, () => null);
    expect(none.map(({ origin }) => origin['bracket'])).toEqual([...Array(9).fill(0), ...Array(9).fill(1)]);
  });

  test('shows its proposer each configuration once, with its last result, marked by its steps if these are not all', () => {
    const learning = { ...halved, rounds: 3, batch: 3, proposer: { type: 'tpe', startupTrials: 4 } };
    const near = searched(learning, 39, ({ parameters }) => Math.abs(Number(parameters['x']) - 0.3));
    const first = near.filter(({ origin }) => origin['rung'] === 0).map(({ value }) => Number(value));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(first).toHaveLength(27);
    // Three brackets of random draws have a mean distance of 0.29.
    expect(mean(first.slice(18))).toBeLessThan(0.15);
  });
});

describe('the trials that a proposer sees', () => {
  const trial = (number: number, at: number, value: number | null, continues?: number): Observation => ({
    number,
    index: number,
    parameters: { x: 0.5, steps: at },
    origin: continues === undefined ? {} : { continues },
    value,
  });
  const seen = (trials: readonly Observation[]) =>
    experienceOf(trials, steps(1, 9)).map(({ number, parameters, prunedAt }) => ({ number, parameters, prunedAt }));

  test('are each configuration once, without its steps, with its last result', () => {
    expect(seen([trial(0, 1, 3), trial(1, 1, 2), trial(2, 3, 1, 1), trial(3, 9, 1, 2)])).toEqual([
      { number: 0, parameters: { x: 0.5 }, prunedAt: 1 },
      { number: 3, parameters: { x: 0.5 }, prunedAt: undefined },
    ]);
  });

  test('count as completed from the most steps on that three configurations with a value have got', () => {
    const first = [trial(0, 1, 3), trial(1, 1, 2), trial(2, 1, null)];
    expect(seen(first).map(({ prunedAt }) => prunedAt)).toEqual([1, 1, 1]);
    const more = [...first, trial(3, 3, 2), trial(4, 3, 5), trial(5, 9, 4)];
    expect(seen(more).map(({ prunedAt }) => prunedAt)).toEqual([1, 1, 1, undefined, undefined, undefined]);
  });
});

describe('a space whose high is no value of the fidelity', () => {
  test('has its last value as all steps', () => {
    const uneven = searchSpaceSchema.parse([{ type: 'float', name: 'x', low: 0, high: 1 }, steps(10, 200, 50)]);
    const sampler = samplerFor({ space: uneven, direction: 'minimize' }, samplerOptionsSchema.parse({ ...halved, reductionFactor: 2 }));
    const course = searched({ ...halved, reductionFactor: 2 }, 99, ({ parameters }) => Number(parameters['x']), {
      space: uneven,
      direction: 'minimize',
    });
    expect([...new Set(course.map(({ parameters }) => parameters['steps']))]).toEqual([10, 60, 160]);
    let state = sampler.init();
    for (const size of [4, 2, 1]) {
      const { firstIndex = 0 } = sampler.generation(state) ?? {};
      state = sampler.observe(state, course.slice(firstIndex, firstIndex + size));
    }
    expect(sampler.population(state).filter(({ prunedAt }) => prunedAt === undefined)).toHaveLength(1);
  });
});

describe('a genetic search with rungs', () => {
  const options = { type: 'genetic', population: 9, elites: 2, rungs: { fidelity: 'steps', minSteps: 1, reductionFactor: 3 } };

  test('keeps the last value of an individual that stops as its fitness, and the steps that its genome asks for', () => {
    const sampler = samplerFor(problem, samplerOptionsSchema.parse(options));
    const trials = searched(options, 20, ({ parameters }) => Number(parameters['x']));
    let state = sampler.init();
    for (let rung = 0; rung < 3 && sampler.population(state).length === 0; rung += 1) {
      const { firstIndex = 0, size = 0 } = sampler.generation(state) ?? {};
      state = sampler.observe(state, trials.slice(firstIndex, firstIndex + size));
    }
    const members = sampler.population(state);
    expect(members).toHaveLength(9);
    for (const { trial, value, prunedAt } of members) {
      const last = trials[trial];
      expect(value).toBe(last?.value);
      const asked = Number(last?.origin['steps']);
      const got = Number(last?.parameters['steps']);
      expect(prunedAt).toBe(got < asked ? got : undefined);
    }
    expect(members.some(({ prunedAt }) => prunedAt !== undefined)).toBe(true);
  });
});
