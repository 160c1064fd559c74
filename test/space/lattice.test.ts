import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalOf, doubleOf } from '../../src/space/decimal.ts';
import { largestLattice, lattice } from '../../src/space/lattice.ts';

describe('a decimal', () => {
  test.each([
    [0.0005, 5n, -4],
    [1e-7, 1n, -7],
    [123.456, 123456n, -3],
    [-2.5e-9, -25n, -10],
    [1e300, 1n, 300],
    [5e-324, 5n, -324],
    [Number.MAX_VALUE, 17976931348623157n, 292],
    [0, 0n, 0],
    [-0, 0n, 0],
  ])('is what %d prints as', (value, digits, exponent) => {
    expect(decimalOf(value)).toEqual({ digits, exponent });
  });

  test('reads back as the double it came from, whichever', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const { digits, exponent } = decimalOf(value);
        expect(doubleOf(digits, exponent)).toBe(value + 0);
      }),
    );
  });
});

describe('a lattice', () => {
  test('of the paper’s learning rates is the literal k/2000 for every k', () => {
    const rates = lattice({ low: 0.0005, high: 0.5115, step: 0.0005 });
    expect(rates.size).toBe(1023);
    for (let k = 1; k <= 1023; k += 1) {
      expect(rates.valueAt(k - 1)).toBe(k / 2000);
      expect(rates.indexOf(k / 2000)).toBe(k - 1);
    }
  });

  test.each([
    [{ low: 0, high: 1, step: 0.1 }, ['0', '0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9', '1']],
    [{ low: 1e-7, high: 5e-7, step: 1e-7 }, ['1e-7', '2e-7', '3e-7', '4e-7', '5e-7']],
    [{ low: -0.3, high: 0.3, step: 0.2 }, ['-0.3', '-0.1', '0.1', '0.3']],
    [{ low: 0, high: 1, step: 0.3 }, ['0', '0.3', '0.6', '0.9']],
    [{ low: 0, high: 0.30000000000000004, step: 0.1 }, ['0', '0.1', '0.2', '0.3']],
    [{ low: 7, high: 7, step: 0.5 }, ['7']],
    [{ low: 1, high: 2, step: 5 }, ['1']],
    [{ low: 1e300, high: 3e300, step: 1e300 }, ['1e+300', '2e+300', '3e+300']],
    [{ low: 1e-280, high: 2.5e-280, step: 5e-281 }, ['1e-280', '1.5e-280', '2e-280', '2.5e-280']],
    [{ low: -0, high: 0.5, step: 0.5 }, ['0', '0.5']],
    [{ low: -3, high: 4, step: 3 }, ['-3', '0', '3']],
    [{ low: 9_007_199_254_740_900, high: 9_007_199_254_740_991, step: 90 }, ['9007199254740900', '9007199254740990']],
    [{ low: 9_007_199_254_740_900, high: 1e16, step: 5e14 }, ['9007199254740900', '9507199254740900']],
  ])('of %o has the values a person would write', (range, texts) => {
    const points = lattice(range);
    expect(Array.from({ length: points.size }, (_, index) => String(points.valueAt(index)))).toEqual(texts);
    expect(Object.is(points.valueAt(0), -0)).toBe(false);
  });

  test.each([0.30000000000000004, 0.25, 1.1, -0.1, 1e-300, 1e300, Number.NaN, Number.POSITIVE_INFINITY])(
    'of tenths does not hold %d',
    (value) => {
      expect(lattice({ low: 0, high: 1, step: 0.1 }).indexOf(value)).toBeUndefined();
    },
  );

  test('holds each of its values at its own index, and all of them differ', () => {
    const decimals = (digits: number) =>
      fc.tuple(fc.integer({ min: -digits, max: digits }), fc.integer({ min: -20, max: 20 })).map(([d, e]) => Number(`${d}e${e}`));
    const ranges = fc
      .tuple(decimals(99_999), decimals(99_999), decimals(999))
      .map(([a, b, step]) => ({ low: Math.min(a, b), high: Math.max(a, b), step: Math.abs(step) || 1 }));
    fc.assert(
      fc.property(ranges, fc.double({ min: 0, max: 1, noNaN: true }), (range, share) => {
        const points = tryLattice(range);
        if (!points) return;
        const index = Math.min(Math.floor(share * points.size), points.size - 1);
        expect(points.indexOf(points.valueAt(index))).toBe(index);
        expect(points.valueAt(index)).toBeGreaterThanOrEqual(range.low);
        expect(points.valueAt(index)).toBeLessThanOrEqual(range.high);
        if (index > 0) expect(points.valueAt(index - 1)).toBeLessThan(points.valueAt(index));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    { low: 0, high: Number.MAX_SAFE_INTEGER, step: 1 },
    { low: 0, high: 1, step: 1e-16 },
    { low: 0, high: 1e300, step: 1e-300 },
  ])('of %o has too many values and is refused', (range) => {
    expect(() => lattice(range)).toThrow(`more than ${largestLattice} values`);
  });

  test.each([
    { low: 1e15, high: 1e15 + 1, step: 0.001 },
    { low: 0.30000000000000004, high: 1, step: 0.1 },
    { low: 5e-324, high: 1e-321, step: 5e-324 },
  ])('of %o has values that doubles cannot tell apart and is refused', (range) => {
    expect(() => lattice(range)).toThrow('significant digits');
  });
});

function tryLattice(range: { low: number; high: number; step: number }) {
  try {
    return lattice(range);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
