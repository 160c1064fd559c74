import { describe, expect, test } from 'vitest';
import { chooseSampler, type Search } from '../../src/samplers/auto/choose.ts';
import { type SearchSpace, searchSpaceSchema } from '../../src/space/schema.ts';

const rate = { type: 'float', name: 'rate', low: 0, high: 1 };

function spaceOf(...parameters: readonly object[]): SearchSpace {
  return searchSpaceSchema.parse(parameters);
}

function search(budget: Search['budget'], space: SearchSpace = spaceOf(rate), parallelism?: number): Search {
  return { problem: { space, direction: 'minimize' }, budget, parallelism };
}

const several = { space: spaceOf(rate), direction: 'minimize', directions: ['minimize', 'maximize'] } as const;
const many = Array.from({ length: 41 }, (_, index) => ({ ...rate, name: `rate${index}` }));
const few = spaceOf({ type: 'int', name: 'units', low: 1, high: 6 }, { type: 'categorical', name: 'cell', choices: ['lstm', 'gru'] });

describe('the rules', () => {
  test.each([
    ['a usual search', search({ trials: 70 }), 'gp: 1 numeric parameter, 70 trials'],
    ['a search without a number of trials', search({}), 'gp: 1 numeric parameter'],
    ['choices beside numbers', search({ trials: 11 }, few), 'gp: 1 numeric and 1 categorical parameter, 11 trials'],
    ['a space that the budget covers', search({ trials: 12 }, few), 'grid: the space has 12 configurations, and the budget 12 trials'],
    ['generations', search({ generations: 9 }), 'swarm: the budget counts generations'],
    ['trials all at once', search({ trials: 30 }, spaceOf(rate), 30), 'quasi-random: 30 trials, which may all be open at once'],
    ['very many at a time', search({ trials: 400 }, spaceOf(rate), 33), 'tpe: 33 trials at a time; gp is chosen up to 32'],
    ['a very long search', search({ trials: 1001 }), 'tpe: 1001 results; beyond 1000, gp suggests as tpe does'],
    ['as long a search as gp models', search({ trials: 1000 }), 'gp: 1 numeric parameter, 1000 trials'],
    ['many known results', { ...search({ trials: 70 }), known: 2000 }, 'tpe: 2070 results; beyond 1000, gp suggests as tpe does'],
    [
      'trials all at once beside known results',
      { ...search({ trials: 30 }, spaceOf(rate), 30), known: 5 },
      'gp: 1 numeric parameter, 30 trials',
    ],
    ['as many at a time as a model is used for', search({ trials: 400 }, spaceOf(rate), 32), 'gp: 1 numeric parameter, 400 trials'],
    [
      'more at a time than a sampler that learns allows',
      search({ trials: 400 }, spaceOf(rate), 101),
      'quasi-random: 101 trials at a time; samplers that learn take at most 100',
    ],
    ['several metrics', { ...search({ trials: 70 }), problem: several }, 'gp: 2 metrics, 1 numeric parameter, 70 trials'],
    [
      'several metrics that wait for nothing',
      { ...search({ trials: 70 }), problem: several, isAsynchronous: true },
      'gp: 2 metrics, 1 numeric parameter, 70 trials',
    ],
    [
      'several metrics and generations',
      { ...search({ generations: 9 }), problem: several },
      'nsga2: 2 metrics, and the budget counts generations',
    ],
    ['a very long search of several metrics', { ...search({ trials: 1001 }), problem: several }, 'nsga2: 2 metrics, 1001 results'],
    [
      'a very long search of several metrics that waits for nothing',
      { ...search({ trials: 1001 }), problem: several, isAsynchronous: true },
      'tpe: 1001 results; beyond 1000, gp suggests as tpe does',
    ],
    [
      'several metrics, very many at a time',
      { ...search({ trials: 400 }, spaceOf(rate), 33), problem: several },
      'nsga2: 2 metrics, 33 trials at a time',
    ],
    ['very many parameters', search({ trials: 70 }, spaceOf(...many)), 'tpe: 41 parameters; beyond 40, gp suggests as tpe does'],
  ])('%s', (_title, wanted, reason) => {
    const choice = chooseSampler(wanted);
    expect(choice.reason).toBe(reason);
    expect(choice.options.type).toBe(reason.split(':')[0]);
  });
});
