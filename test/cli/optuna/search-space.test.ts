import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Distribution } from '../../../src/cli/optuna/distribution.ts';
import { searchSpaceOf } from '../../../src/cli/optuna/search-space.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';
import { canonicalValue } from '../../../src/space/unit-cube.ts';
import { choice, type Drawn, float, int, trial } from './optuna-trials.ts';

/** The space of trials that differ in one parameter. */
function spaceOf(...uses: readonly (readonly [unknown, Distribution])[]) {
  const { parameters, remarks } = searchSpaceOf(uses.map((use) => trial({ x: use })));
  return { parameter: parameters[0]?.parameter, values: uses.map(([value]) => parameters[0]?.convert(value)), remarks };
}

describe('a distribution becomes a parameter', () => {
  test.each([
    ['a float', float(0, 0.5), 0.25, { type: 'float', low: 0, high: 0.5, scale: 'linear' }],
    ['a float on a log scale', float(1e-5, 0.1, { log: true }), 0.001, { type: 'float', low: 1e-5, high: 0.1, scale: 'log' }],
    ['a float with a step', float(0.1, 0.95, { step: 0.05 }), 0.15, { type: 'float', low: 0.1, high: 0.95, step: 0.05, scale: 'linear' }],
    ['an int', int(1, 5), 3, { type: 'int', low: 1, high: 5, step: 1, scale: 'linear' }],
    ['an int with a step', int(16, 256, { step: 16 }), 32, { type: 'int', low: 16, high: 256, step: 16, scale: 'linear' }],
    ['an int on a log scale', int(8, 512, { log: true }), 27, { type: 'int', low: 8, high: 512, step: 1, scale: 'log' }],
    ['choices', choice('a', 1, true), 'a', { type: 'categorical', choices: ['a', 1, true] }],
  ])('%s', (_, distribution, value, parameter) => {
    expect(spaceOf([value, distribution])).toEqual({ parameter: { name: 'x', ...parameter }, values: [value], remarks: [] });
  });

  test('a value that Optuna computed in doubles is the decimal one of the step', () => {
    const computed = 0.1 + 0.05 * 12;
    expect(computed).not.toBe(0.7);
    expect(spaceOf([computed, float(0.1, 0.95, { step: 0.05 })]).values).toEqual([0.7]);
  });

  test('choices that are neither numbers, texts nor truth values become texts', () => {
    const { parameter, values, remarks } = spaceOf([null, choice(null, [1, 2], 'a')], [[1, 2], choice(null, [1, 2], 'a')]);
    expect(parameter).toMatchObject({ choices: ['None', '[1,2]', 'a'] });
    expect(values).toEqual(['None', '[1,2]']);
    expect(remarks).toEqual(['the parameter "x": choices are text now: "None", "[1,2]"']);
  });
});

describe('distributions that changed between trials are united', () => {
  test('to the widest range', () => {
    const { parameter, remarks } = spaceOf([3, float(2, 4)], [9, float(0, 10)], [3, float(2, 4)]);
    expect(parameter).toEqual({ type: 'float', name: 'x', low: 0, high: 10, scale: 'linear' });
    expect(remarks).toEqual(['the parameter "x": its range changed between trials; it is the union now, 0 to 10']);
  });

  test.each([
    ['of 2 and 3', [int(0, 10, { step: 2 }), int(0, 9, { step: 3 })], 1],
    ['of 4 from 0 and from 2', [int(0, 8, { step: 4 }), int(2, 10, { step: 4 })], 2],
    ['of 0.1 from 0 and from 0.05', [float(0, 1, { step: 0.1 }), float(0.05, 0.95, { step: 0.1 })], 0.05],
    ['of 0.1 from 0.3 and from 0.1', [float(0.3, 1, { step: 0.1 }), float(0.1, 0.9, { step: 0.1 })], 0.1],
  ])('with the largest step that reaches all values: %s', (_, distributions, step) => {
    const low = (distribution: Distribution) => (distribution.kind === 'categorical' ? 0 : distribution.low);
    const { parameter, values } = spaceOf(...distributions.map((own) => [low(own), own] as const));
    expect(parameter).toMatchObject({ step });
    expect(values).toEqual(distributions.map(low));
  });

  test('a float that had a step only in some trials has none', () => {
    const { parameter, remarks } = spaceOf([0.5, float(0, 1, { step: 0.5 })], [0.123, float(0, 1)]);
    expect(parameter).toEqual({ type: 'float', name: 'x', low: 0, high: 1, scale: 'linear' });
    expect(remarks).toEqual(['the parameter "x": no step reaches all its values; it has none now']);
  });

  test('an int that became a float is a float', () => {
    const { parameter, values, remarks } = spaceOf([2, int(1, 3)], [2.5, float(1, 3)]);
    expect(parameter).toMatchObject({ type: 'float', low: 1, high: 3 });
    expect(values).toEqual([2, 2.5]);
    expect(remarks).toContain('the parameter "x": it was an int and a float; it is a float now');
  });

  test('a value outside its distribution, as enqueued trials may have, widens the range', () => {
    const { parameter, values, remarks } = spaceOf([12, int(1, 10)], [-3, int(1, 10)]);
    expect(parameter).toMatchObject({ low: -3, high: 12 });
    expect(values).toEqual([12, -3]);
    expect(remarks).toEqual(['the parameter "x": it has values outside 1 to 10; its range is widened to -3 to 12']);
    const off = spaceOf([0.07, float(0, 1, { step: 0.1 })]);
    expect([off.parameter, off.values]).toEqual([{ type: 'float', name: 'x', low: 0, high: 1, scale: 'linear' }, [0.07]]);
    const zero = spaceOf([0, float(0.1, 1, { log: true })]);
    expect(zero.parameter).toEqual({ type: 'float', name: 'x', low: 0, high: 1, scale: 'linear' });
  });

  test('a parameter that was a number and a choice is left out', () => {
    const both = [trial({ x: [1, int(1, 2)], y: [1, int(1, 2)] }), trial({ x: ['a', choice('a')], y: [1, int(1, 2)] })];
    const { parameters, remarks } = searchSpaceOf(both);
    expect(parameters.map(({ source }) => source)).toEqual(['y']);
    expect(remarks).toEqual(['the parameter "x" is left out: it was a number in some trials and a choice in others']);
  });
});

test('the parameters that all completed trials have make the space, in the order of the first; the others are named', () => {
  const common: Drawn = { b: [1, int(1, 2)], a: [1, int(1, 2)] };
  const { parameters, remarks } = searchSpaceOf([trial({ ...common, only: [1, int(1, 2)] }), trial(common)]);
  expect(parameters.map(({ source }) => source)).toEqual(['b', 'a']);
  expect(remarks).toEqual([
    'the parameter "only" is left out: only 1 of 2 completed trials have it, and Optuna does not store its condition',
  ]);
});

test('only names that a search space cannot have are changed, and all stay distinct', () => {
  const drawn = Object.fromEntries(['my lr', 'my_lr', 'my*lr', '2nd', 'fine.name-1'].map((name) => [name, [1, int(1, 2)] as const]));
  const { parameters, remarks } = searchSpaceOf([trial(drawn)]);
  expect(parameters.map(({ source, parameter: { name } }) => [source, name])).toEqual([
    ['my lr', 'my_lr_2'],
    ['my_lr', 'my_lr'],
    ['my*lr', 'my_lr_3'],
    ['2nd', 'p_2nd'],
    ['fine.name-1', 'fine.name-1'],
  ]);
  expect(remarks).toHaveLength(3);
});

test('without completed trials, without common parameters, or with one that has no range here, there is no space', () => {
  expect(() => searchSpaceOf([])).toThrow('no trial of the Optuna study is complete');
  expect(() => searchSpaceOf([trial({ x: [1, int(1, 2)] }), trial({ y: [1, int(1, 2)] })])).toThrow('none is in all completed trials');
  expect(() => searchSpaceOf([trial({ x: [1, int(0, 2 ** 60)] })])).toThrow('the parameter "x" cannot be imported: high');
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`x${index}`, [1, int(1, 2)] as const]));
  expect(() => searchSpaceOf([trial(many)])).toThrow('65 parameters; a study has at most 64');
});

/** A distribution, and a value of it computed as Optuna does. */
const use = fc.oneof(
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 7 }), fc.nat(40))
    .map(([low, size, step, index]) => [low + step * Math.min(index, size), int(low, low + step * size, { step })] as const),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 40 }), fc.constantFrom(0.05, 0.1, 0.25, 0.3), fc.nat(40))
    .map(([tenths, size, step, index]) => {
      const low = tenths / 10;
      const high = Number((low + step * size).toFixed(10));
      return [Math.min(low + step * Math.min(index, size), high), float(low, high, { step })] as const;
    }),
  fc.double({ min: 0, max: 1, noNaN: true }).map((value) => [value, float(0, 1)] as const),
);

test('of any distributions, the space is valid and every value is one of it', () => {
  fc.assert(
    fc.property(fc.array(use, { minLength: 1, maxLength: 6 }), (uses) => {
      const { parameter, values } = spaceOf(...uses);
      searchSpaceSchema.parse([parameter]);
      for (const [index, value] of values.entries()) {
        expect(value).toBeCloseTo(Number(uses[index]?.[0]), 9);
        if (parameter && value !== undefined) expect(canonicalValue(parameter, value)).toBe(value);
      }
    }),
    { numRuns: 500 },
  );
});
