import { describe, expect, it } from 'vitest';
import { tickText, valueAxis } from '../../src/report/value-axis.ts';

/** The labels of an axis over some values. */
function labels(values: readonly (number | null)[], isNice = true): string[] {
  const { ticks } = valueAxis({ values, label: 'loss', place: 'left', length: 140, isNice }).scale;
  const at = Array.isArray(ticks) ? ticks : [];
  return at.map(tickText(at));
}

describe('the labels of an axis of values', () => {
  it.each([
    ['small values', [1e-5, 3e-5], ['1e-5', '1.5e-5', '2e-5', '2.5e-5', '3e-5']],
    ['shares', [0, 1], ['0', '0.2', '0.4', '0.6', '0.8', '1']],
    ['millions', [1e6, 3e6], ['1,000,000', '1,500,000', '2,000,000', '2,500,000', '3,000,000']],
    ['billions', [0, 2e9], ['0', '5e8', '1e9', '1.5e9', '2e9']],
    ['close values', [0.93752, 0.93758], ['0.93752', '0.93754', '0.93756', '0.93758']],
    ['close large values', [1e9, 1e9 + 20], ['1,000,000,000', '1,000,000,005', '1,000,000,010', '1,000,000,015', '1,000,000,020']],
    ['both signs', [-2e-4, 2e-4], ['-2e-4', '-1e-4', '0', '1e-4', '2e-4']],
    ['gaps', [null, 0, Number.NaN, 4], ['0', '1', '2', '3', '4']],
    ['one value', [2.5], ['2.5']],
    ['no value', [null], []],
  ])('tell %s apart', (_title, values, expected) => {
    expect(labels(values)).toEqual(expected);
  });

  it('are different, and have a number, at any range', () => {
    for (let power = -300; power <= 300; power += 7)
      for (const share of [1, 1e-3, 1e-6]) {
        const low = 10 ** power;
        const found = labels([low, low * (1 + share)]);
        expect(new Set(found).size).toBe(found.length);
        expect(found.length).toBeGreaterThan(2);
        expect(found.join()).not.toMatch(/NaN|Infinity/);
      }
    expect(labels([-1.7e308, 1.7e308], false).join()).not.toMatch(/NaN|Infinity/);
  });

  it('have the room that they need', () => {
    const margin = (values: readonly number[]) => valueAxis({ values, label: 'loss', place: 'left', length: 140 }).margin;
    expect(margin([0, 1])).toBe(12 + 6 * '0.2'.length);
    expect(margin([1e6, 3e6])).toBe(12 + 6 * '1,000,000'.length);
  });
});
