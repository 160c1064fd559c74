import { describe, expect, it } from 'vitest';
import { partialViolations } from '../../../../src/studies/definition/partial.ts';

const branin = [
  { type: 'float', name: 'x1', low: -5, high: 10 },
  { type: 'float', name: 'x2', low: 0, high: 15 },
];

/** The pointers and details of the violations that are found beside those of the schema. */
function found(changes: Record<string, unknown>): string[] {
  const definition = {
    searchSpace: branin,
    metrics: [{ name: 'value' }],
    sampler: { type: 'random' },
    budget: { trials: 3 },
    objective: { type: 'test-function', function: 'branin' },
    ...changes,
  };
  return partialViolations(definition).map(({ pointer, detail }) => `${pointer} ${detail}`);
}

const classifier = { type: 'lstm-text-classifier', dataset: 'spam-assassin' };
const dropout = { type: 'float', name: 'dropout', low: 0, high: 0.5 };
const elites = '/sampler/elites must be less than the population (8), got 9';
const unknownMetric = expect.stringMatching(/^\/metrics\/0\/name the objective .* has no metric/);

describe('nothing is found that follows from an invalid part', () => {
  const [x1, x2] = branin;
  it.each([
    [
      'a parameter without a name',
      { searchSpace: [{ ...x1, name: undefined }, x2], sampler: { type: 'list', points: [{ x1: 1, x2: 2 }] } },
    ],
    [
      'a name that is no name',
      { searchSpace: [{ ...x1, name: 7 }, x2], sampler: { type: 'genetic', bits: { x1: 4 } }, budget: { generations: 2 } },
    ],
    [
      'a parent without a name',
      { searchSpace: [{ ...x1, name: '1' }, x2, { type: 'int', name: 'steps', low: 1, high: 2, when: { parameter: 'x1', values: [1] } }] },
    ],
    [
      'a step',
      {
        searchSpace: [
          { ...x1, step: -1 },
          { ...x2, step: 1 },
        ],
        sampler: { type: 'grid' },
        budget: {},
      },
    ],
    [
      'a step of a listed value',
      {
        searchSpace: [x1, { type: 'int', name: 'x2', low: 1, high: 9, step: 0.5 }],
        sampler: { type: 'list', points: [{ x1: 1, x2: 1.5 }] },
      },
    ],
    [
      'a condition',
      {
        searchSpace: [...branin, { type: 'int', name: 'steps', low: 1, high: 2, when: { parameter: 'x1' } }],
        sampler: { type: 'list', points: [{ x1: 1, x2: 2 }] },
      },
    ],
    ['a value of a point', { sampler: { type: 'list', points: [{ x1: null, x2: 2 }] } }],
    ['an axis', { sampler: { type: 'grid', axes: { x1: { points: 0 }, x2: { points: 2 } } }, budget: {} }],
    ['the population', { sampler: { type: 'genetic', population: 'many', elites: 200 }, budget: { generations: 2 } }],
    ['the only limit', { budget: { trials: 0 } }],
    [
      'the direction',
      {
        objective: classifier,
        searchSpace: [dropout],
        metrics: [{ name: 'accuracy', direction: 'up' }],
        budget: { trials: 3, targetValue: 95 },
      },
    ],
    ['the search space', { searchSpace: {}, sampler: { type: 'list', points: [{ x1: 1, x2: 2 }] } }],
  ])('%s', (_invalid, changes) => {
    expect(found(changes)).toEqual([]);
  });

  it('and a name of the service takes no name that a parameter may have', () => {
    const parameter = { type: 'int', name: 'parameter-0', low: 1, high: 2 };
    expect(
      found({ objective: classifier, metrics: [{ name: 'accuracy' }], searchSpace: [{ type: 'int', low: 1, high: 2 }, parameter] }),
    ).toEqual([expect.stringMatching(/^\/searchSpace\/1\/name the objective has no hyperparameter named parameter-0/)]);
  });
});

describe('everything is found that follows from valid parts', () => {
  it.each([
    [
      'beside an unknown key of the sampler',
      { sampler: { type: 'genetic', population: 8, elites: 9, mutationRate: 0.1 }, budget: { generations: 2 } },
      [elites],
    ],
    [
      'beside an invalid option of the sampler',
      { sampler: { type: 'genetic', population: 8, elites: 9, selectionExponent: -1 }, budget: { generations: 2 } },
      [elites],
    ],
    [
      'without a search space',
      { searchSpace: undefined, sampler: { type: 'genetic', population: 8, elites: 9 }, budget: { generations: 2 } },
      [elites],
    ],
    [
      'beside an unknown key of the budget',
      {
        objective: classifier,
        searchSpace: [dropout],
        metrics: [{ name: 'accuracy' }],
        budget: { trials: 10, targetValue: 95, generations: 3, foo: 1 },
      },
      [
        '/budget/generations the random sampler has no generations; give a number of trials',
        '/budget/targetValue must be at most 1, the largest value of accuracy: no trial can reach 95',
      ],
    ],
    ['beside an invalid direction', { metrics: [{ name: 'valeu', direction: 'up' }] }, [unknownMetric]],
    ['beside a second metric', { metrics: [{ name: 'valeu' }, { name: 'value' }] }, [unknownMetric]],
    [
      'of the metric beside an invalid parameter that is called name',
      { objective: classifier, searchSpace: [{ type: 'float', name: 'name', low: 1, high: 0 }], metrics: [{ name: 'acc' }] },
      [unknownMetric, expect.stringMatching(/^\/searchSpace\/0\/name the objective has no hyperparameter named name/)],
    ],
    [
      'of the budget beside an invalid parameter that is called generations',
      { searchSpace: [...branin, { type: 'float', name: 'generations', low: 1, high: 0 }], budget: { trials: 3, generations: 2 } },
      [expect.stringMatching(/^\/budget\/generations /), expect.stringMatching(/^\/searchSpace\/2\/name branin has no parameter/)],
    ],
    [
      'of the name of an invalid parameter',
      {
        objective: { ...classifier, hyperparameters: { epochs: 3 } },
        metrics: [{ name: 'accuracy' }],
        searchSpace: [dropout, { type: 'int', name: 'epochs', low: 5, high: 1 }, { ...dropout, low: 2 }],
      },
      [
        '/searchSpace/2/name a parameter named dropout is already listed',
        '/objective/hyperparameters/epochs epochs is searched; it cannot be fixed as well',
      ],
    ],
    [
      'of the values of other parameters',
      { searchSpace: [{ ...branin[0], low: 'x' }, branin[1]], sampler: { type: 'list', points: [{ x1: 99, x2: 99 }] } },
      ['/sampler/points/0/x2 99 is not a value of x2: it must be a number from 0 to 15'],
    ],
  ])('%s', (_where, changes, expected) => {
    expect(found(changes)).toEqual(expected);
  });
});
