import { describe, expect, it } from 'vitest';
import { searchSpaceSchema } from '../../../src/space/schema.ts';
import { definitionDifferences } from '../../../src/studies/definition/differences.ts';
import { specOf } from '../simulator.ts';

const genetic = { sampler: { type: 'genetic', population: 4, elites: 1 }, budget: { generations: 3 } };

describe('the differences of definitions', () => {
  it('are none between equal ones of different names', () => {
    expect(definitionDifferences([specOf({ ...genetic, name: 'one' }), specOf({ ...genetic, name: 'other' })])).toEqual([]);
  });

  it('name the keys and every value; a key that a definition does not have is null there', () => {
    const random = { sampler: { type: 'random' }, budget: { trials: 7 }, parallelism: 4, seed: 5 };
    const found = definitionDifferences([specOf(genetic), specOf(random), specOf(genetic)]);
    const values = Object.fromEntries(found.map(({ key, values: all }) => [key, all]));
    expect(values).toMatchObject({
      'sampler.type': ['genetic', 'random', 'genetic'],
      'sampler.population': [4, null, 4],
      'sampler.mutation.kind': ['one-bit', null, 'one-bit'],
      'budget.generations': [3, null, 3],
      'budget.trials': [null, 7, null],
      seed: [1, 5, 1],
      objectiveSeed: [1, 5, 1],
    });
    expect(Object.keys(values).filter((key) => /^(searchSpace|metrics|objective\.)/.test(key))).toEqual([]);
    // The keys of one part stand together, whichever definition has them.
    const parts = found.map(({ key }) => key.split('.')[0]);
    expect(parts.filter((part, index) => part !== parts[index - 1])).toEqual([...new Set(parts)]);
  });

  it('put parameters under their names, and tell their order', () => {
    const [rate, units] = [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0205, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 63 },
    ];
    const steps = { type: 'int', name: 'steps', low: 1, high: 15 };
    const spaces = [
      [rate, units],
      [{ ...units, high: 31 }, rate],
      [rate, units, steps],
    ];
    const found = definitionDifferences(
      spaces.map((searchSpace) => specOf({ searchSpace, ...genetic, sampler: { type: 'random' }, budget: { trials: 3 } })),
    );
    expect(found.slice(0, 3)).toEqual([
      { key: 'searchSpace', values: ['learningRate, hiddenUnits', 'hiddenUnits, learningRate', 'learningRate, hiddenUnits, steps'] },
      { key: 'searchSpace.hiddenUnits.high', values: [63, 31, 63] },
      { key: 'searchSpace.steps.type', values: [null, null, 'int'] },
    ]);
    for (const { key } of found.slice(3)) expect(key).toMatch(/^searchSpace\.steps\./);
  });

  it('compare long lists as a whole', () => {
    const listOf = (count: number) => {
      const points = Array.from({ length: count }, (_, index) => ({ learningRate: (5 * (1 + index)) / 10_000, hiddenUnits: 1 + index }));
      return specOf({ sampler: { type: 'list', points }, budget: { trials: 21 } });
    };
    const [points, ...others] = definitionDifferences([listOf(30), listOf(40)]);
    expect(others).toEqual([]);
    expect(points?.key).toBe('sampler.points');
    expect(points?.values).toEqual([expect.stringMatching(/^30 items with the SHA-256 [0-9a-f]{64}$/), expect.stringMatching(/^40 items/)]);
  });
});

it.each([
  [
    [1, 2],
    ['1', '2'],
    ['1, 2', '["1","2"]'],
  ],
  [['a, b'], ['a', 'b'], ['["a, b"]', 'a, b']],
  [[true], ['true'], ['true', '["true"]']],
  [
    ['adam', 'sgd'],
    ['sgd', 'adam'],
    ['adam, sgd', 'sgd, adam'],
  ],
])('the choices %j and %j differ', (one, other, values) => {
  const specs = [one, other].map((choices) => ({
    ...specOf(genetic),
    searchSpace: searchSpaceSchema.parse([{ type: 'categorical', name: 'optimizer', choices }]),
  }));
  expect(definitionDifferences(specs)).toEqual([{ key: 'searchSpace.optimizer.choices', values }]);
});
