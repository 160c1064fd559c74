import { describe, expect, test } from 'vitest';
import { twoSlopes } from '../../../src/objectives/test-function/functions/two-slopes.ts';
import type { Problem, Suggestion } from '../../../src/samplers/contract.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { continuedBy, earlierValuesOf } from '../../../src/samplers/origin.ts';
import { explored } from '../../../src/samplers/pbt/explore.ts';
import { roundsOf } from '../../../src/samplers/pbt/rounds.ts';
import { continuations } from '../../../src/samplers/pbt/selection.ts';
import { samplerFor, samplerOptionsSchema } from '../../../src/samplers/table.ts';
import { digestOf } from '../../../src/shared/digest.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { type IntParameter, searchSpaceSchema } from '../../../src/space/schema.ts';

const steps = (low: number, high: number, step = 1): IntParameter => ({ type: 'int', name: 'steps', low, high, step, scale: 'linear' });
const space = searchSpaceSchema.parse([
  { type: 'float', name: 'rate', low: 0.001, high: 1, scale: 'log' },
  { type: 'float', name: 'dropout', low: 0, high: 0.5, step: 0.05 },
  { type: 'int', name: 'units', low: 1, high: 100 },
  { type: 'categorical', name: 'cell', choices: ['lstm', 'gru'] },
  { type: 'float', name: 'bias', low: 0, high: 1, when: { parameter: 'cell', values: ['lstm'] } },
  steps(1, 12),
]);
const problem: Problem = { space, direction: 'maximize', fidelity: 'steps', changeable: ['rate', 'dropout'] };
const streamOf =
  (seed: number) =>
  (purpose: string, ...indices: number[]) =>
    randomStream(seed, purpose, ...indices);

/** Searches until all rounds are done. */
function searched(
  options: object,
  measured: (suggestion: Suggestion, number: number) => number | null,
  { of = problem, seed = 5 }: { readonly of?: Problem; readonly seed?: number } = {},
): Observation[] {
  const sampler = samplerFor(of, samplerOptionsSchema.parse({ type: 'pbt', ...options }));
  const observations: Observation[] = [];
  let state = sampler.init();
  for (;;) {
    const { firstIndex = 0, size = 0 } = sampler.generation(state) ?? {};
    const proposal = sampler.suggest(state, { firstIndex, count: size, history: [], pending: [], stream: streamOf(seed) });
    if (proposal.kind !== 'suggestions') return observations;
    const seen = proposal.suggestions.map((suggestion, place) => {
      const number = firstIndex + place;
      return { ...suggestion, number, index: number, value: measured(suggestion, number) };
    });
    state = sampler.observe(state, seen);
    observations.push(...seen);
  }
}

describe('rounds', () => {
  test.each([
    [steps(1, 12), 4, [4, 8, 12]],
    [steps(1, 10), 4, [4, 8, 10]],
    [steps(5, 12), 2, [5, 6, 8, 10, 12]],
    [steps(10, 100, 25), 30, [35, 60, 85]],
    [steps(10, 100, 25), 3, [10, 35, 60, 85]],
    [steps(900, 1000), 60, [900, 960, 1000]],
    [steps(1, 3), 9, [3]],
  ])(
    'end after multiples of the interval that are values of the parameter, and the last one with the most steps',
    (parameter, interval, ends) => {
      expect(roundsOf(parameter, interval)).toEqual(ends);
    },
  );
});

describe('selection', () => {
  const member = (place: number, value: number | null) => ({ member: place, trial: 10 + place, parameters: {}, earlierValues: [], value });
  const next = (values: readonly (number | null)[], share: number) =>
    continuations(
      'maximize',
      values.map((value, place) => member(place, value)),
      { share, round: 3, stream: streamOf(1) },
    );

  test('lets the worst copy the best, and puts them first', () => {
    const all = next([0.1, 0.9, 0.5, 0.8, 0.2, 0.6, 0.7, 0.3, 0.4, 0.55], 0.2) ?? [];
    expect(all.map(({ member: place }) => place)).toEqual([0, 4, 1, 2, 3, 5, 6, 7, 8, 9]);
    for (const { from, copies, member: place } of all) expect(copies ? [1, 3].includes(from.member) : from.member === place).toBe(true);
    expect(all.filter(({ copies }) => copies)).toHaveLength(2);
  });

  test('draws among the best', () => {
    const drawn = Array.from({ length: 40 }, (_, round) =>
      continuations(
        'minimize',
        [1, 2, 3, 4].map((value, place) => member(place, value)),
        { share: 0.5, round, stream: streamOf(1) },
      ),
    ).flatMap((all) => (all ?? []).filter(({ copies }) => copies).map(({ from }) => from.member));
    expect(new Set(drawn)).toEqual(new Set([0, 1]));
  });

  test('lets all that have no value copy, also where nearly all failed', () => {
    const all = next([null, 0.9, null, null, null], 0.2) ?? [];
    expect(all.map(({ from, copies }) => [from.member, copies])).toEqual([...Array(4).fill([1, true]), [1, false]]);
    expect(next([null, null, null, null], 0.5)).toBeNull();
  });
});

describe('exploration', () => {
  const copied = { rate: 0.1, dropout: 0, units: 50, cell: 'lstm', bias: 1, steps: 4 };
  const values = (options: { perturbation: number; resample: number }, changes: string[]) =>
    Array.from({ length: 200 }, (_, index) => explored(space, copied, { ...options, changes }, randomStream(1, 'explore', index)));

  test('multiplies a number by 0.8 or 1.2, and keeps choices and all other values', () => {
    const all = values({ perturbation: 0.2, resample: 0 }, ['rate', 'cell']);
    expect(new Set(all.map(({ rate }) => rate))).toEqual(new Set([0.08, 0.12]));
    expect(new Set(all.map(({ rate: _, ...others }) => JSON.stringify(others)))).toHaveLength(1);
  });

  test('moves a number by a step of its lattice at least, and inwards at an end of its range', () => {
    const all = values({ perturbation: 0.2, resample: 0 }, ['dropout', 'units', 'bias']);
    expect(new Set(all.map(({ dropout }) => dropout))).toEqual(new Set([0.05]));
    expect(new Set(all.map(({ units }) => units))).toEqual(new Set([40, 60]));
    expect(new Set(all.map(({ bias }) => bias))).toEqual(new Set([0.8]));
  });

  test('moves 0 on a linear scale without steps', () => {
    const [free] = searchSpaceSchema.parse([{ type: 'float', name: 'x', low: 0, high: 10 }]);
    const all = Array.from({ length: 20 }, (_, index) =>
      explored(free ? [free] : [], { x: 0 }, { perturbation: 0.2, resample: 0, changes: ['x'] }, randomStream(2, 'explore', index)),
    );
    expect(new Set(all.map(({ x }) => x))).toEqual(new Set([0.2]));
  });

  test('moves a number of the widest range', () => {
    const [wide] = searchSpaceSchema.parse([{ type: 'float', name: 'x', low: -8e307, high: 8e307 }]);
    const moved = explored(wide ? [wide] : [], { x: 1 }, { perturbation: 0.2, resample: 0, changes: ['x'] }, randomStream(2, 'explore', 0));
    expect(Math.abs(Number(moved['x']))).toBeCloseTo(3.2e306, -303);
  });

  test('draws values anew as often as it should', () => {
    const all = values({ perturbation: 0.2, resample: 0.25 }, ['rate', 'cell']);
    const drawn = all.filter(({ rate }) => rate !== 0.08 && rate !== 0.12).length;
    expect(drawn).toBeGreaterThan(30);
    expect(drawn).toBeLessThan(70);
    expect(all.filter(({ cell }) => cell === 'gru').length).toBeGreaterThan(10);
  });
});

describe('a search', () => {
  const measured = ({ parameters }: Suggestion, number: number) => Number(parameters['rate']) + number / 1e6;

  test('continues each member by more steps, round after round', () => {
    const trials = searched({ population: 5, interval: 4 }, measured);
    expect(trials.map(({ parameters }) => parameters['steps'])).toEqual([...Array(5).fill(4), ...Array(5).fill(8), ...Array(5).fill(12)]);
    for (const { origin, parameters } of trials.slice(5)) {
      const earlier = trials[continuedBy(origin) ?? -1];
      expect(earlier?.parameters['steps']).toBe(Number(parameters['steps']) - 4);
      expect(earlier?.origin['member']).toBe(origin['copies'] ?? origin['member']);
    }
  });

  test('names the values of all steps before: those of the member that was copied, then its own', () => {
    const trials = searched({ population: 4, interval: 1, share: 0.5, resample: 0.5 }, measured);
    expect(trials).toHaveLength(4 * 12);
    for (const { origin, parameters } of trials.slice(4)) {
      const earlier = trials[continuedBy(origin) ?? -1];
      if (!earlier) throw new Error('a trial of a later round continues another one');
      const { rate, dropout, steps: until } = earlier.parameters;
      const changed = rate !== parameters['rate'] || dropout !== parameters['dropout'];
      const added = changed ? [{ until, parameters: { rate, dropout } }] : [];
      expect(earlierValuesOf(origin)).toEqual([...earlierValuesOf(earlier.origin), ...added]);
      for (const name of ['units', 'cell', 'bias']) expect(parameters[name]).toBe(earlier.parameters[name]);
    }
    expect(Math.max(...trials.map(({ origin }) => earlierValuesOf(origin).length))).toBeGreaterThan(3);
  });

  test('makes the same suggestions on every supported version of Node', () => {
    const trials = searched({ population: 6, interval: 3, share: 0.4, resample: 0.4, changes: ['rate', 'dropout'] }, measured);
    expect(digestOf(trials.map(({ parameters, origin }) => ({ parameters, origin }))).slice(0, 16)).toBe('04ccf4bf8a3731fa');
  });

  test('begins anew if every member failed', () => {
    const trials = searched({ population: 4, interval: 6 }, (suggestion, number) => (number < 4 ? null : measured(suggestion, number)));
    expect(trials.slice(4).map(({ origin }) => continuedBy(origin))).toEqual(Array(4).fill(null));
    expect(new Set(trials.map(({ parameters }) => parameters['rate']))).toHaveLength(8);
  });

  test('lets a member copy another one when its training diverged, also if the value that it measured is the best', () => {
    const sampler = samplerFor(problem, samplerOptionsSchema.parse({ type: 'pbt', population: 4, interval: 4 }));
    const request = { count: 4, history: [], pending: [], stream: streamOf(1) };
    const first = sampler.suggest(sampler.init(), { ...request, firstIndex: 0 });
    if (first.kind !== 'suggestions') throw new Error('a search begins');
    const observed = first.suggestions.map((suggestion, number) => ({
      ...suggestion,
      number,
      index: number,
      value: [0.9, 0.5, 0.4, 0.3][number] ?? null,
    }));
    const state = sampler.observe(sampler.init(), [{ ...(observed[0] as Observation), diverged: true }, ...observed.slice(1)]);
    const next = sampler.suggest(state, { ...request, firstIndex: 4 });
    if (next.kind !== 'suggestions') throw new Error('a search goes on');
    expect(next.suggestions.map(({ origin }) => [origin['member'], continuedBy(origin)])).toEqual([
      [0, 1],
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  test('counts each copy as a configuration of its own', () => {
    const sampler = samplerFor(problem, samplerOptionsSchema.parse({ type: 'pbt', population: 10, interval: 4 }));
    expect(sampler.effort(30)).toEqual({ configurations: 10 + 2 * 2, steps: 10 * (4 + 8 + 12), newSteps: 10 * 12 });
    expect(sampler.effort(12)).toEqual({ configurations: 12, steps: 10 * 4 + 2 * 8, newSteps: 12 * 4 });
    expect(sampler.size({})).toBe(30);
    expect(sampler.size({ generations: 2 })).toBe(20);
  });

  test('comes near 0 where each configuration alone leaves 0.81, as in figure 2 of Jaderberg et al.', () => {
    const of: Problem = { space: [...twoSlopes.space, steps(1, 200)], direction: 'minimize', fidelity: 'steps' };
    const after = ({ parameters, origin }: Suggestion) => {
      const earlierValues = earlierValuesOf(origin);
      const taken = Array.from({ length: Number(parameters['steps']) }, (_, index) => {
        const earlier = earlierValues.find(({ until }) => index < until);
        return { ...parameters, ...earlier?.parameters };
      });
      return twoSlopes.afterSteps?.(taken) ?? Number.NaN;
    };
    const best = [1, 2, 3, 4, 5].map((seed) =>
      Math.min(...searched({ population: 10, interval: 10 }, after, { of, seed }).map(({ value }) => Number(value))),
    );
    expect(Math.max(...best)).toBeLessThan(0.01);
    expect(twoSlopes.afterSteps?.(Array(10_000).fill({ slope: 'second', rate: 0.1 }))).toBeCloseTo(0.81, 10);
  });
});

describe('options', () => {
  const violations = (options: object, of: Problem = problem) =>
    samplerFor(of, samplerOptionsSchema.parse({ type: 'pbt', ...options }))
      .check()
      .map(({ pointer, detail }) => [pointer, detail]);

  test('are complete in a new study', async () => {
    const { pinnedSampler } = await import('../../../src/samplers/table.ts');
    expect(pinnedSampler(samplerOptionsSchema.parse({ type: 'pbt' }), problem)).toMatchObject({
      fidelity: 'steps',
      interval: 1,
      changes: ['rate', 'dropout'],
    });
    const { changeable: _, ...any } = problem;
    expect(pinnedSampler(samplerOptionsSchema.parse({ type: 'pbt' }), any)).toMatchObject({
      changes: ['rate', 'dropout', 'units', 'bias'],
    });
  });

  test.each([
    [{ interval: 12 }, '/interval', /leaves one round, of 12 steps.*below 12/],
    [{ changes: ['units'] }, '/changes/0', /units cannot change .* the objective needs one value of it: name only rate, dropout/],
    [{ changes: ['rate', 'speed'] }, '/changes/1', /no parameter named speed/],
    [{ changes: ['steps'] }, '/changes/0', /it sets the number of steps/],
    [{ changes: ['cell'] }, '/changes/0', /other parameters depend on it/],
    [{ fidelity: 'cell' }, '/fidelity', /must be an int parameter/],
  ])('are refused with their place: %j', (options, pointer, text) => {
    expect(violations(options)).toEqual([[pointer, expect.stringMatching(text)]]);
  });

  test('let choices change', () => {
    const of: Problem = { space: [...twoSlopes.space, steps(1, 200)], direction: 'minimize', fidelity: 'steps' };
    expect(violations({ changes: ['slope'], resample: 0 }, of)).toEqual([['/resample', expect.stringMatching(/must be above 0.*slope/)]]);
    expect(violations({ resample: 0 }, of)).toEqual([]);
  });

  test('are refused if nothing can change, or if there are too many rounds', () => {
    expect(violations({}, { ...problem, changeable: ['momentum'] })).toEqual([
      ['/changes', expect.stringMatching(/the search space has none: add momentum to the search space/)],
    ]);
    // None of these is counted one by one.
    const wide = { ...problem, space: [...space.slice(0, -1), steps(5e14, 1e15, 1e14)] };
    expect(violations({ interval: 1 }, wide)).toEqual([]);
    const many = { ...problem, space: [...space.slice(0, -1), steps(1, 500)] };
    expect(violations({ interval: 1, population: 201 }, many)).toEqual([
      ['/population', expect.stringMatching(/up to 100500 trials in 500 rounds/)],
    ]);
    const long = { ...problem, space: [...space.slice(0, -1), steps(1, 1e15)] };
    expect(violations({ interval: 1 }, long)).toEqual([['/interval', expect.stringMatching(/gives 1000000000000000 rounds/)]]);
    expect(samplerFor(long, samplerOptionsSchema.parse({ type: 'pbt', interval: 1 })).size({})).toBe(Number.POSITIVE_INFINITY);
  });
});
