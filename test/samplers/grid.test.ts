import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../../src/samplers/contract.ts';
import { gridSize } from '../../src/samplers/grid/axes.ts';
import { gridOptionsSchema } from '../../src/samplers/grid/options.ts';
import { gridSampler } from '../../src/samplers/grid/sampler.ts';
import { randomStream } from '../../src/shared/random.ts';
import { type Configuration, isActive } from '../../src/space/configuration.ts';
import { type SearchSpace, searchSpaceSchema } from '../../src/space/schema.ts';
import { cardinality, valueAt } from '../../src/space/unit-cube.ts';
import { arbitrarySpace } from '../space/arbitrary-parameters.ts';

const stream = (purpose: string, ...indices: number[]) => randomStream(1, purpose, ...indices);
const problemOf = (space: unknown): Problem => ({ space: searchSpaceSchema.parse(space), direction: 'maximize' });
const optionsOf = (axes: object = {}) => gridOptionsSchema.parse({ type: 'grid', axes });

function pointsOf(problem: Problem, axes: object = {}): Configuration[] {
  const options = optionsOf(axes);
  const state = gridSampler.init(problem, options);
  const proposal = gridSampler.suggest(problem, options, state, { firstIndex: 0, count: 1_000_000, stream, history: [], pending: [] });
  return proposal.kind === 'suggestions' ? proposal.suggestions.map((suggestion) => suggestion.parameters) : [];
}

/** Every combination, the last parameter varying fastest, by recursion over the space. */
function combinations(space: SearchSpace, index = 0, values: Configuration = {}): Configuration[] {
  const parameter = space[index];
  if (!parameter) return [values];
  if (!isActive(parameter, values)) return combinations(space, index + 1, values);
  return Array.from({ length: cardinality(parameter) }, (_, place) => valueAt(parameter, place)).flatMap((value) =>
    combinations(space, index + 1, { ...values, [parameter.name]: value }),
  );
}

describe('a grid', () => {
  test('is every combination exactly once, the last parameter varying fastest, conditions included', () => {
    fc.assert(
      fc.property(arbitrarySpace, (space) => {
        const problem: Problem = { space, direction: 'maximize' };
        const expected = combinations(space);
        expect(gridSize(problem, optionsOf())).toBe(expected.length);
        expect(pointsOf(problem)).toEqual(expected);
        expect(new Set(expected.map((point) => JSON.stringify(point))).size).toBe(expected.length);
      }),
      { numRuns: 300 },
    );
  });

  test('has the point of a trial number whatever was asked for before', () => {
    const problem = problemOf([
      { type: 'int', name: 'a', low: 1, high: 5 },
      { type: 'int', name: 'b', low: 1, high: 7, when: { parameter: 'a', values: [2, 4] } },
    ]);
    const all = pointsOf(problem);
    for (const [number, parameters] of all.entries()) {
      const proposal = gridSampler.suggest(
        problem,
        optionsOf(),
        { version: 1 },
        { firstIndex: number, count: 1, stream, history: [], pending: [] },
      );
      expect(proposal).toEqual({ kind: 'suggestions', suggestions: [{ parameters, origin: { sampler: 'grid', point: number } }] });
    }
  });

  test('ends: it gives what is left, then says that all is tried', () => {
    const problem = problemOf([{ type: 'int', name: 'a', low: 1, high: 5 }]);
    const ask = (firstIndex: number, count: number) =>
      gridSampler.suggest(problem, optionsOf(), { version: 1 }, { firstIndex, count, stream, history: [], pending: [] });
    expect(ask(3, 10)).toMatchObject({ kind: 'suggestions', suggestions: [{ parameters: { a: 4 } }, { parameters: { a: 5 } }] });
    expect(ask(5, 1)).toEqual({ kind: 'exhausted', reason: 'all 5 points of the grid are tried' });
  });

  test('takes exactly the values named, in their order, in canonical form', () => {
    const problem = problemOf([
      { type: 'float', name: 'rate', low: 0, high: 1 },
      { type: 'categorical', name: 'flag', choices: [false, true, 0] },
    ]);
    expect(pointsOf(problem, { rate: { values: [0.5, 1 / 3] }, flag: { values: [false, 0] } })).toEqual([
      { rate: 0.5, flag: false },
      { rate: 0.5, flag: 0 },
      { rate: 0.333333333333, flag: false },
      { rate: 0.333333333333, flag: 0 },
    ]);
  });

  test.each([
    [{ type: 'float', low: 0, high: 1 }, 5, [0, 0.25, 0.5, 0.75, 1]],
    [{ type: 'float', low: 0.001, high: 10, scale: 'log' }, 5, [0.001, 0.01, 0.1, 1, 10]],
    [{ type: 'float', low: 0, high: 1 }, 1, [0.5]],
    [{ type: 'int', low: 1, high: 3 }, 10, [1, 2, 3]],
    [{ type: 'int', low: 1, high: 9 }, 3, [1, 5, 9]],
    [{ type: 'categorical', choices: ['a', 'b', 'c'] }, 2, ['a', 'c']],
  ])('of %o spreads %i points over the scale, both ends included', (parameter, points, expected) => {
    expect(pointsOf(problemOf([{ name: 'x', ...parameter }]), { x: { points } }).map((point) => point['x'])).toEqual(expected);
  });

  test('with dozens of conditions on as many parents is counted at once', () => {
    const parents = Array.from({ length: 32 }, (_, index) => ({ type: 'int', name: `p${index}`, low: 1, high: 1000 }));
    const children = parents.map(({ name }, index) => ({
      type: 'int',
      name: `c${index}`,
      low: 1,
      high: 2,
      when: { parameter: name, values: [1] },
    }));
    const size = gridSize(problemOf([...parents, ...children]), optionsOf());
    expect(size / 1001 ** 32).toBeCloseTo(1, 10);
  });
});

describe('the options of a grid', () => {
  const problem = problemOf([
    { type: 'float', name: 'rate', low: 0, high: 1 },
    { type: 'int', name: 'units', low: 1, high: 20_000 },
    { type: 'int', name: 'layers', low: 1, high: 3 },
  ]);
  const violationsOf = (axes: object) => gridSampler.check(problem, optionsOf(axes)).map((violation) => violation.pointer);

  test('name every fault at once', () => {
    const axes = { nothing: { points: 2 }, layers: { values: [1, 4, 2, 1] } };
    expect(violationsOf(axes)).toEqual(['/axes/nothing', '/axes/layers/values/1', '/axes/layers/values/3', '/axes/rate', '/axes/units']);
  });

  test('are refused where values differ only beyond what the parameter tells apart', () => {
    expect(violationsOf({ rate: { values: [0.1, 0.1 + 1e-15] }, units: { points: 2 } })).toEqual(['/axes/rate/values/1']);
  });

  test('are refused where the grid has more than ten million points', () => {
    const axes = { rate: { points: 1000 }, units: { points: 1000 } };
    expect(violationsOf({ ...axes, layers: { points: 3 } })).toEqual([]);
    const wide = problemOf(['a', 'b', 'c'].map((name) => ({ type: 'float', name, low: 0, high: 1 })));
    const options = optionsOf({ a: { points: 1000 }, b: { points: 1000 }, c: { points: 11 } });
    expect(gridSampler.check(wide, options).map((violation) => violation.pointer)).toEqual(['/axes']);
  });
});
