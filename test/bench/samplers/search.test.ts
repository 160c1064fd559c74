import { describe, expect, test } from 'vitest';
import { readOptions } from '../../../bench/samplers/options.ts';
import { leastValue, search } from '../../../bench/samplers/search.ts';
import { branin } from '../../../src/objectives/test-function/functions/few-dimensions.ts';
import { samplerOptionsSchema } from '../../../src/samplers/table.ts';

describe.each(['random', 'genetic', 'tpe'])('a run of the %s sampler', (type) => {
  const options = samplerOptionsSchema.parse({ type });

  test('has as many trials as asked for, numbered from 0, each with the value of its function', () => {
    const trials = search(options, branin, { seed: 3, trials: 45 });
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 45 }, (_, number) => number));
    expect(trials.map(({ value }) => value)).toEqual(trials.map(({ parameters }) => branin.value(parameters)));
  });

  test('begins like a longer one of the same seed', () => {
    const longer = search(options, branin, { seed: 3, trials: 45 });
    expect(search(options, branin, { seed: 3, trials: 30 })).toEqual(longer.slice(0, 30));
    expect(search(options, branin, { seed: 4, trials: 30 })).not.toEqual(longer.slice(0, 30));
  });
});

test('the least value of a run is that of its best trial', () => {
  const trials = search(samplerOptionsSchema.parse({ type: 'random' }), branin, { seed: 1, trials: 20 });
  expect(trials.filter(({ value }) => value === leastValue(trials))).toHaveLength(1);
  expect(trials.every(({ value }) => value !== null && value >= leastValue(trials))).toBe(true);
});

describe('the command line of the bench', () => {
  test('measures both presets of TPE and random search on every function, 10 seeds and 70 trials, when nothing is said', () => {
    const options = readOptions([]);
    expect(options).toMatchObject({ seeds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], trials: 70, peers: null, parts: { ranks: true, cost: true } });
    expect(typeof options === 'object' && options.samplers.map(({ name }) => name)).toEqual(['clavier', 'clavier-hyperopt', 'random']);
  });

  test.each([
    ['a function that is not there', ['--functions', 'branin,nowhere'], 'no test function nowhere'],
    ['a number of seeds that is not one', ['--seeds', '0'], 'whole number from 1 on'],
    ['a sampler without a name', ['--sampler', '{"type":"tpe"}'], 'NAME=JSON'],
    ['a part that is not measured', ['--only', 'speed'], 'ranks or cost'],
  ])('refuses %s', (_, args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
