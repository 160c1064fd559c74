import { describe, expect, it } from 'vitest';
import type { SuggestionRequest } from '../../src/samplers/contract.ts';
import { logNormalBelow, signedDistances } from '../../src/samplers/gp/limits.ts';
import type { Observation } from '../../src/samplers/observation.ts';
import { type SamplerOptions, samplerFor, samplerOptionsSchema } from '../../src/samplers/table.ts';
import { LimitedRanking } from '../../src/samplers/tpe/limited-ranking.ts';
import { randomStream } from '../../src/shared/random.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';

const space = searchSpaceSchema.parse([
  { type: 'float', name: 'x', low: 0, high: 1 },
  { type: 'float', name: 'y', low: 0, high: 1 },
]);
const streamOf =
  (seed: number): SuggestionRequest['stream'] =>
  (purpose, ...indices) =>
    randomStream(seed, purpose, ...indices);

/** Larger x is better, but only x ≤ 0.3 keeps the limit. */
const violationAt = (x: number) => Math.max(0, x - 0.3);

/** Searches with one trial open at a time. @returns the x of all trials, in order */
function searched(options: SamplerOptions, trials: number, seed: number): number[] {
  const sampler = samplerFor({ space, direction: 'maximize' }, options);
  const history: Observation[] = [];
  for (let index = 0; index < trials; index += 1) {
    const proposal = sampler.suggest(sampler.init(), { firstIndex: index, count: 1, history, pending: [], stream: streamOf(seed) });
    if (proposal.kind !== 'suggestions') throw new Error('the search goes on');
    const [{ parameters, origin } = { parameters: {}, origin: {} }] = proposal.suggestions;
    const x = Number(parameters['x']);
    history.push({ number: index, index, parameters, origin, value: x, violation: violationAt(x) });
  }
  return history.map(({ parameters }) => Number(parameters['x']));
}

describe.each([
  ['tpe', { type: 'tpe', startupTrials: 8 } as SamplerOptions],
  ['gp', { type: 'gp', startupTrials: 8 } as SamplerOptions],
])('%s', (_title, options) => {
  it('looks for the best trial that keeps the limits, not for the best value', () => {
    for (const seed of [1, 2, 3]) {
      const all = searched(options, 40, seed);
      // The best value that keeps the limit is 0.3; that of 40 random trials was 0.24, 0.29 and 0.26.
      expect(Math.max(...all.filter((x) => violationAt(x) === 0))).toBeGreaterThan(0.29);
      // Most are near the limit, on both sides of it: the best values of all, from 0.9 on, are left alone.
      expect(all.slice(20).filter((x) => x > 0.2 && x < 0.4).length).toBeGreaterThan(10);
    }
  });

  it('suggests as without constraints where every trial keeps all of them', () => {
    const draws = randomStream(5, 'history');
    const history: Observation[] = Array.from({ length: 30 }, (_, number) => ({
      number,
      index: number,
      parameters: { x: draws.uniform(), y: draws.uniform() },
      origin: {},
      value: draws.uniform(),
    }));
    const sampler = samplerFor({ space, direction: 'minimize' }, options);
    const suggest = (known: readonly Observation[]) =>
      sampler.suggest(sampler.init(), { firstIndex: 30, count: 1, history: known, pending: [], stream: streamOf(1) });
    expect(suggest(history.map((one) => ({ ...one, violation: 0 })))).toEqual(suggest(history));
  });
});

it('gp moves towards the limits while no trial keeps them', () => {
  const history: Observation[] = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5].map((x, number) => ({
    number,
    index: number,
    parameters: { x, y: 0.5 },
    origin: {},
    value: x,
    violation: violationAt(x),
  }));
  const sampler = samplerFor({ space, direction: 'maximize' }, { type: 'gp', startupTrials: 4 });
  const proposal = sampler.suggest(sampler.init(), { firstIndex: 6, count: 1, history, pending: [], stream: streamOf(1) });
  if (proposal.kind !== 'suggestions') throw new Error('the search goes on');
  expect(Number(proposal.suggestions[0]?.parameters['x'])).toBeLessThan(0.5);
});

it('gp measures the distance from the limits in units of the median violation', () => {
  expect([...signedDistances(Float64Array.of(0, 2, 1, 100, 0, 4))]).toEqual([-1, 0.5, 0.25, 3, -1, 1]);
  expect([...signedDistances(Float64Array.of(0))]).toEqual([-1]);
});

it('gp takes logarithms of normal probabilities as scipy.stats.norm.logcdf does', () => {
  for (const [z, expected] of [
    [-40, -804.6084420137539],
    [-3, -6.60772622151035],
    [-0.5, -1.1759117615936188],
    [0, -Math.LN2],
    [1.5, -0.06914345561223399],
    [9, -1.1285884059538324e-19],
  ] as const)
    expect(Math.abs(logNormalBelow(z) / expected - 1)).toBeLessThan(1e-12);
});

describe('genetic', () => {
  const options = samplerOptionsSchema.parse({ type: 'genetic', population: 6, elites: 3 });

  /** The population after a first generation with these results. */
  function closed(results: readonly Partial<Observation>[]) {
    const sampler = samplerFor({ space, direction: 'maximize' }, options);
    const stream = streamOf(3);
    const first = sampler.suggest(sampler.init(), { firstIndex: 0, count: 6, history: [], pending: [], stream });
    if (first.kind !== 'suggestions') throw new Error('the first generation is there');
    const observations = first.suggestions.map(
      (suggestion, number): Observation => ({
        ...suggestion,
        number,
        index: number,
        value: null,
        ...results[number],
      }),
    );
    return { sampler, stream, state: sampler.observe(sampler.init(), observations) };
  }

  it('keeps the members within the limits as elites, then those nearest to them; failed ones are last', () => {
    const { sampler, state } = closed([
      { value: 9, violation: 2 },
      { value: 1, violation: 0 },
      { value: null },
      { value: 8, violation: 1 },
      { value: 2, violation: 0 },
      { value: 7, violation: Number.MAX_VALUE },
    ]);
    const next = sampler.suggest(state, { firstIndex: 6, count: 3, history: [], pending: [], stream: streamOf(3) });
    if (next.kind !== 'suggestions') throw new Error('a generation follows');
    const after = sampler.observe(
      state,
      next.suggestions.map((suggestion, slot): Observation => ({ ...suggestion, number: 6 + slot, index: 6 + slot, value: null })),
    );
    expect(
      sampler
        .population(after)
        .filter(({ elite }) => elite)
        .map(({ trial }) => trial),
    ).toEqual([4, 1, 3]);
  });

  it('breeds from no member beyond the limits while two others have fitness', () => {
    const { sampler, state, stream } = closed([
      { value: 9, violation: 2 },
      { value: 1, violation: 0 },
      { value: 9, violation: 1 },
      { value: 8, violation: 1 },
      { value: 2, violation: 0 },
      { value: 7, violation: 1 },
    ]);
    const next = sampler.suggest(state, { firstIndex: 6, count: 3, history: [], pending: [], stream });
    if (next.kind !== 'suggestions') throw new Error('a generation follows');
    const parents = next.suggestions.flatMap(({ origin }) => origin['parents']);
    expect(parents).toHaveLength(6);
    expect(new Set(parents)).toEqual(new Set([1, 4]));
  });
});

describe.each([
  ['cma-es', { type: 'cma-es' }],
  ['swarm', { type: 'swarm', particles: 8 }],
  ['nsga2', { type: 'nsga2', population: 8 }],
])('%s', (_title, options) => {
  it('finds better trials within the limits from generation to generation', () => {
    const sampler = samplerFor({ space, direction: 'maximize' }, samplerOptionsSchema.parse(options));
    let state = sampler.init();
    const found: number[] = [];
    const violations: number[] = [];
    for (let round = 0; round < 25; round += 1) {
      const generation = sampler.generation(state);
      if (!generation) throw new Error('a generation is open');
      const request = { firstIndex: generation.firstIndex, count: generation.size, history: [], pending: [], stream: streamOf(2) };
      const proposal = sampler.suggest(state, request);
      if (proposal.kind !== 'suggestions') throw new Error('a generation has suggestions');
      const observations = proposal.suggestions.map((suggestion, slot): Observation => {
        const x = Number(suggestion.parameters['x']);
        const number = generation.firstIndex + slot;
        return { ...suggestion, number, index: number, value: x, violation: violationAt(x) };
      });
      for (const { value, violation } of observations) if (violation === 0) found.push(value ?? 0);
      violations.push(...observations.map(({ violation = 0 }) => violation));
      state = sampler.observe(state, observations);
    }
    expect(Math.max(...found)).toBeGreaterThan(0.29);
    // Without a limit the last trials would be near 1, beyond it.
    expect(violations.slice(-30).filter((violation) => violation === 0).length).toBeGreaterThan(15);
    expect(found.length).toBeGreaterThan(40);
  });
});

describe('the ranking of tpe', () => {
  const failed = Number.NEGATIVE_INFINITY;
  const standings = [
    { value: 3, violation: 0 },
    { value: 9, violation: 2 },
    { value: failed, violation: 0 },
    { value: 8, violation: 1 },
    { value: 5, violation: 0 },
    { value: 1, violation: 1 },
    { value: 3, violation: 0 },
  ];

  it('has limits kept by value, then violations, then failures, ties and pending trials by number', () => {
    const ranking = new LimitedRanking();
    ranking.add(standings);
    expect([...ranking.followedBy(2)]).toEqual([4, 0, 6, 3, 5, 1, 2, 7, 8]);
  });

  it('is the same whether trials come together, one by one, or again after they were forgotten', () => {
    const ranking = new LimitedRanking();
    for (const standing of standings) ranking.add([standing]);
    expect([...ranking.followedBy(0)]).toEqual([4, 0, 6, 3, 5, 1, 2]);
    ranking.keep(3);
    expect([...ranking.followedBy(1)]).toEqual([0, 1, 2, 3]);
    ranking.add(standings.slice(3));
    expect([...ranking.followedBy(0)]).toEqual([4, 0, 6, 3, 5, 1, 2]);
  });
});
