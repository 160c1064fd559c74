import { describe, expect, test } from 'vitest';
import type { Direction, Suggestion } from '../../../src/samplers/contract.ts';
import { geneticOptionsSchema } from '../../../src/samplers/genetic/options.ts';
import { geneticSampler } from '../../../src/samplers/genetic/sampler.ts';
import { flip } from '../../../src/samplers/genetic/variation.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { decodeGenome, geneTexts, genomeLayout } from '../../../src/space/genome.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';
import { binomialDistance, chiSquare, chiSquareLimit, oneInAMillionEitherWay } from '../../shared/statistics.ts';

const space = searchSpaceSchema.parse([
  { type: 'int', name: 'a', low: 0, high: 15 },
  { type: 'int', name: 'b', low: 0, high: 15 },
  { type: 'int', name: 'c', low: 0, high: 15 },
]);
const stream = (purpose: string, ...indices: number[]) => randomStream(9, purpose, ...indices);
const optionsOf = (options: object) => geneticOptionsSchema.parse({ type: 'genetic', ...options });

type Values = (number: number) => number | null;

/** Runs whole generations; `values` gives the objective by trial number. */
function generations(
  count: number,
  { options, values, direction = 'maximize' }: { options: object; values: Values; direction?: Direction },
) {
  const [problem, parsed] = [{ space, direction }, optionsOf(options)];
  let state = geneticSampler.init(problem, parsed);
  const trials: Suggestion[] = [];
  for (let index = 0; index < count; index += 1) {
    const proposal = geneticSampler.suggest(problem, parsed, state, {
      firstIndex: state.firstTrial,
      count: 1000,
      stream,
      history: [],
      pending: [],
    });
    if (proposal.kind !== 'suggestions') throw new Error('a new generation has trials to suggest');
    const observations: Observation[] = proposal.suggestions.map((suggestion, slot) => ({
      ...suggestion,
      number: trials.length + slot,
      index: trials.length + slot,
      value: values(trials.length + slot),
    }));
    trials.push(...proposal.suggestions);
    state = geneticSampler.observe(problem, parsed, state, observations);
  }
  return { trials, state, members: geneticSampler.population(state) };
}

const elitesIn = (members: readonly { trial: number; elite: boolean }[]) =>
  members.filter((member) => member.elite).map((member) => member.trial);

describe('elites', () => {
  const options = { population: 6, elites: 2 };

  test('are the best of the generation before, best first, and cost no trial', () => {
    const { members, trials } = generations(2, { options, values: (number) => [0.1, 0.9, 0.5, 0.7, 0.2, 0.3][number] ?? 0.4 });
    expect(elitesIn(members)).toEqual([1, 3]);
    expect(members).toHaveLength(6);
    expect(trials).toHaveLength(6 + 4);
  });

  test('live on for as long as nothing better comes, and give way to what does', () => {
    const { members } = generations(4, { options, values: (number) => (number === 2 ? 0.9 : number === 11 ? 0.95 : number / 1000) });
    expect(elitesIn(members)).toEqual([11, 2]);
  });

  test('are the lower trial numbers where values tie', () => {
    expect(elitesIn(generations(3, { options, values: () => 0.5 }).members)).toEqual([0, 1]);
  });

  test('are the least where the metric is minimised', () => {
    const values = (number: number) => [3, 1, 2, 5, 4, 6][number] ?? 9;
    expect(elitesIn(generations(2, { options, values, direction: 'minimize' }).members)).toEqual([1, 2]);
  });

  test.each(['maximize', 'minimize'] as const)('are never trials without a value while others have one (%s)', (direction) => {
    const values = (number: number) => (number === 4 ? -5 : number === 5 ? 5 : null);
    expect(elitesIn(generations(2, { options, values, direction }).members)).toEqual(direction === 'maximize' ? [5, 4] : [4, 5]);
  });

  test('may be none', () => {
    const { members, trials } = generations(2, { options: { population: 6, elites: 0 }, values: (number) => number });
    expect(elitesIn(members)).toEqual([]);
    expect(trials).toHaveLength(12);
  });
});

describe('a child', () => {
  const { trials } = generations(12, { options: { population: 10, elites: 3 }, values: (number) => ((number * 7) % 13) / 13 });
  const children = trials.filter((trial) => trial.origin['generation'] !== 0);
  const genomes = trials.map((trial) => String(trial.origin['genome']));
  const layout = genomeLayout(space);

  test('can be recomputed from the genomes of its parents and its origin', () => {
    expect(children).toHaveLength(11 * 7);
    for (const { origin, parameters } of children) {
      const { parents, cut, flippedBits } = originOf(origin);
      const [first, second] = parents.map((parent) => geneTexts(layout, genomes[parent] ?? ''));
      const crossed = [...(first ?? []).slice(0, cut), ...(second ?? []).slice(cut)].join('');
      expect(origin['genome']).toBe(flip(crossed, flippedBits));
      expect(decodeGenome(space, layout, String(origin['genome']))).toEqual(parameters);
    }
  });

  test('has two different parents, from the population of the generation before', () => {
    for (const [index, { origin }] of children.entries()) {
      const { parents, cut } = originOf(origin);
      const own = 10 + index;
      expect(new Set(parents).size).toBe(2);
      expect(Math.max(...parents)).toBeLessThan(own - Number(origin['slot']));
      expect([1, 2]).toContain(cut);
    }
  });

  test('depends on nothing but seed, generation, slot and population: any one can be asked for alone', () => {
    const options = optionsOf({ population: 10, elites: 3 });
    const problem = { space, direction: 'maximize' } as const;
    const { state } = generations(2, { options, values: (number) => number });
    const ask = (firstIndex: number, count: number) =>
      geneticSampler.suggest(problem, options, state, { firstIndex, count, stream, history: [], pending: [] });
    const all = ask(state.firstTrial, 7);
    const alone = ask(state.firstTrial + 5, 1);
    expect(all.kind === 'suggestions' && all.suggestions[5]).toEqual(alone.kind === 'suggestions' && alone.suggestions[0]);
  });

  test('is not suggested before its generation may begin', () => {
    const options = optionsOf({ population: 10, elites: 3 });
    const problem = { space, direction: 'maximize' } as const;
    const state = geneticSampler.init(problem, options);
    expect(geneticSampler.suggest(problem, options, state, { firstIndex: 10, count: 1, stream, history: [], pending: [] })).toEqual({
      kind: 'waiting',
    });
  });
});

test('children of one generation vary independently: parents, cuts and mutations follow their chances across slots (false-alarm rate 1e-6 each)', () => {
  const { trials } = generations(9, { options: { population: 1000, elites: 0, selectionExponent: 0 }, values: () => 0.5 });
  const children = trials.slice(1000).map((trial) => originOf(trial.origin));
  const flipped = children.flatMap((child) => child.flippedBits);
  const tally = (values: readonly number[], cells: number) =>
    Array.from({ length: cells }, (_, cell) => values.filter((value) => value === cell).length);
  expect(binomialDistance(flipped.length, children.length, 0.3)).toBeLessThan(oneInAMillionEitherWay);
  expect(chiSquare(tally(flipped, 12), new Array(12).fill(flipped.length / 12))).toBeLessThan(chiSquareLimit(11));
  expect(binomialDistance(children.filter((child) => child.cut === 1).length, children.length, 0.5)).toBeLessThan(oneInAMillionEitherWay);
  const parents = children.flatMap((child) => child.parents.map((parent) => Math.floor((parent % 1000) / 100)));
  expect(chiSquare(tally(parents, 10), new Array(10).fill(parents.length / 10))).toBeLessThan(chiSquareLimit(9));
});

describe('the options of the genetic sampler', () => {
  test('default to the paper’s population and mutation', () => {
    expect(optionsOf({})).toEqual({
      type: 'genetic',
      population: 20,
      elites: 1,
      selectionExponent: 2,
      mutation: { probability: 0.3, kind: 'one-bit', bitProbability: 0.03 },
      bits: {},
    });
  });

  test('name every fault for a space at once', () => {
    const violations = geneticSampler.check(
      { space, direction: 'maximize' },
      optionsOf({ population: 4, elites: 4, bits: { a: 3, z: 2 } }),
    );
    expect(violations.map((violation) => violation.pointer)).toEqual(['/bits/z', '/elites']);
  });
});

function originOf(origin: Suggestion['origin']): { parents: number[]; cut: number; flippedBits: number[] } {
  return JSON.parse(JSON.stringify(origin));
}
