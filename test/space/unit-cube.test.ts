import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalText } from '../../src/shared/digest.ts';
import { randomStream } from '../../src/shared/random.ts';
import { type Parameter, parameterSchema } from '../../src/space/schema.ts';
import { canonicalValue, cardinality, decodeUnit, encodeUnit, unitShare, valueAt } from '../../src/space/unit-cube.ts';
import { chiSquare, chiSquareLimit } from '../shared/statistics.ts';
import { arbitraryParameter, arbitraryValue } from './arbitrary-parameters.ts';

const parameter = (fields: object): Parameter => parameterSchema.parse({ name: 'x', ...fields });
const valuesOf = (of: Parameter) => Array.from({ length: cardinality(of) }, (_, index) => valueAt(of, index));

/** A coordinate tells no more apart in a continuous range that begins below 0. */
const isCoarse = (of: Parameter) => of.type === 'float' && of.step === undefined && of.scale === 'linear' && of.low < 0;

describe('the unit cube', () => {
  test('gives every value of every parameter back: decode(encode(value)) = value', () => {
    fc.assert(
      fc.property(arbitraryValue, ({ parameter: of, value }) => {
        const back = decodeUnit(of, encodeUnit(of, value));
        if (isCoarse(of) && of.type === 'float')
          expect(Math.abs(Number(back) - Number(value))).toBeLessThanOrEqual(1e-15 * (of.high - of.low) + 1e-12 * Math.abs(Number(value)));
        else expect(back).toBe(value);
      }),
      { numRuns: 5000 },
    );
  });

  test('decodes any coordinate to a canonical value within the range', () => {
    fc.assert(
      fc.property(arbitraryParameter, fc.double({ min: 0, max: 1, noNaN: true }), (of, coordinate) => {
        const value = decodeUnit(of, coordinate);
        expect(canonicalValue(of, value)).toBe(value);
        expect(Object.is(value, -0)).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  test('gives every value the share of the unit interval that decodes as it, whatever the scale', () => {
    fc.assert(
      fc.property(arbitraryValue, fc.double({ min: 0.01, max: 0.99, noNaN: true }), ({ parameter: of, value }, within) => {
        const { coordinate, low, high } = unitShare(of, value);
        expect(coordinate).toBe(encodeUnit(of, value));
        expect(low).toBeLessThanOrEqual(coordinate);
        expect(high).toBeGreaterThanOrEqual(coordinate);
        if (!Number.isFinite(cardinality(of))) expect([low, high]).toEqual([coordinate, coordinate]);
        // A share must be wider than doubles are apart for points inside it to mean anything.
        else if (high - low > 1e-9) expect(decodeUnit(of, low + within * (high - low))).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['linear', { type: 'float', low: 0, high: 1, step: 0.3 }],
    ['log', { type: 'int', low: 3, high: 40, scale: 'log' }],
    ['categorical', { type: 'categorical', choices: ['a', 1, true] }],
  ])('shares the unit interval out without gap or overlap: %s', (_title, fields) => {
    const of = parameter(fields);
    const shares = valuesOf(of).map((value) => unitShare(of, value));
    expect(shares[0]?.low).toBe(0);
    expect(shares.at(-1)?.high).toBe(1);
    for (const [index, share] of shares.entries()) expect(share.low).toBeCloseTo(shares[index - 1]?.high ?? 0, 14);
  });

  test('is ordered: a larger coordinate never decodes to a smaller number', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(arbitraryParameter, unit, unit, (of, a, b) => {
        if (of.type === 'categorical') return;
        expect(decodeUnit(of, Math.min(a, b))).toBeLessThanOrEqual(Number(decodeUnit(of, Math.max(a, b))));
      }),
    );
  });

  test('gives every value of a linear or categorical parameter an equal share', () => {
    for (const of of [
      parameter({ type: 'int', low: 3, high: 12 }),
      parameter({ type: 'float', low: 0, high: 1, step: 0.3 }),
      parameter({ type: 'categorical', choices: ['a', 1, true] }),
    ]) {
      const values = valuesOf(of);
      const grains = 1000 * values.length;
      const counts = new Map<unknown, number>();
      for (let grain = 0; grain < grains; grain += 1) {
        const value = decodeUnit(of, (grain + 0.5) / grains);
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      expect(values.map((value) => counts.get(value))).toEqual(values.map(() => 1000));
    }
  });

  test('gives a value on a log scale the logarithm of its rounding interval', () => {
    const of = parameter({ type: 'int', low: 1, high: 10, scale: 'log' });
    const total = Math.log(10.5 / 0.5);
    const draws = 50_000;
    const stream = randomStream(1, 'log shares');
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < draws; draw += 1) {
      const value = Number(decodeUnit(of, stream.uniform()));
      counts[value - 1] = (counts[value - 1] ?? 0) + 1;
    }
    const expected = counts.map((_, index) => (draws * Math.log((index + 1.5) / (index + 0.5))) / total);
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareLimit(9));
  });

  test('makes equal ratios equally likely on a continuous log scale', () => {
    const of = parameter({ type: 'float', low: 1e-5, high: 1e-1, scale: 'log' });
    expect([0, 0.25, 0.5, 0.75, 1].map((coordinate) => decodeUnit(of, coordinate))).toEqual([1e-5, 1e-4, 1e-3, 1e-2, 1e-1]);
  });

  test('decodes both ends of a range, and 1 as the last value', () => {
    for (const of of [
      parameter({ type: 'float', low: 0.1, high: 0.7 }),
      parameter({ type: 'int', low: 1, high: 9, scale: 'log' }),
      parameter({ type: 'float', low: 0.1, high: 0.7, scale: 'log' }),
    ]) {
      if (of.type === 'categorical') continue;
      expect([decodeUnit(of, 0), decodeUnit(of, 1)]).toEqual([of.low, of.high]);
    }
  });
});

describe('the canonical form', () => {
  const step = parameter({ type: 'float', low: 0, high: 1, step: 0.1 });
  const free = parameter({ type: 'float', low: -1, high: 1 });
  const whole = parameter({ type: 'int', low: 1, high: 9, step: 2 });
  const named = parameter({ type: 'categorical', choices: ['a', 1, true, 0] });

  test.each([
    [step, 0.3, 0.3],
    [step, 3 * 0.1, undefined],
    [step, -0, 0],
    [step, 1.1, undefined],
    [step, '0.3', undefined],
    [free, 1 / 3, 0.333333333333],
    [free, 2, undefined],
    [free, Number.NaN, undefined],
    [free, Number.POSITIVE_INFINITY, undefined],
    [whole, 3, 3],
    [whole, 4, undefined],
    [whole, 3.5, undefined],
    [whole, true, undefined],
    [named, 'a', 'a'],
    [named, true, true],
    [named, '1', undefined],
    [named, -0, 0],
    [named, false, undefined],
  ])('of a value of %o: %o is %o', (of, value, expected) => {
    expect(canonicalValue(of, value)).toBe(expected);
  });

  test('is its own canonical form and survives canonical text', () => {
    fc.assert(
      fc.property(arbitraryValue, ({ parameter: of, value }) => {
        const form = canonicalValue(of, value);
        expect(form).toBe(value);
        expect(JSON.parse(canonicalText(form))).toBe(form);
      }),
    );
  });
});
