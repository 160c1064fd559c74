import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measuredViolation, unknownViolation, unreachableLimits } from '../../../src/studies/definition/constraints.ts';
import { byRank, countsAsResult, type RankingRule, scoreOf } from '../../../src/studies/definition/ranking.ts';

describe('a violation', () => {
  it('is 0 on a limit and within all limits', () => {
    const constraints = [
      { metric: 'latency', max: 200 },
      { metric: 'recall', min: 0.5, max: 0.9 },
    ];
    expect(measuredViolation(constraints, { latency: 200, recall: 0.5 })).toBe(0);
    expect(measuredViolation(constraints, { latency: -3, recall: 0.9, other: 7 })).toBe(0);
  });

  it('is the sum of the distances, each as a share of its limit', () => {
    const constraints = [
      { metric: 'latency', max: 200 },
      { metric: 'recall', min: 0.5 },
      { metric: 'drift', min: -4 },
    ];
    expect(measuredViolation(constraints, { latency: 250, recall: 0.5, drift: 0 })).toBe(0.25);
    expect(measuredViolation(constraints, { latency: 250, recall: 0.25, drift: -5 })).toBe(0.25 + 0.5 + 0.25);
  });

  it('is the value itself where the limit is 0', () => {
    expect(measuredViolation([{ metric: 'bias', max: 0 }], { bias: 0.25 })).toBe(0.25);
    expect(measuredViolation([{ metric: 'bias', min: 0 }], { bias: -3 })).toBe(3);
  });

  it('is the largest number where a value is missing or not finite, and never more', () => {
    const constraints = [
      { metric: 'a', max: 1 },
      { metric: 'b', max: 1e-300 },
    ];
    expect(measuredViolation(constraints, { a: null, b: 0 })).toBe(unknownViolation);
    expect(measuredViolation(constraints, { b: 0 })).toBe(unknownViolation);
    expect(measuredViolation(constraints, { a: null, b: null })).toBe(unknownViolation);
    expect(measuredViolation(constraints, { a: 1, b: 1e300 })).toBe(unknownViolation);
  });
});

describe('a limit', () => {
  const share = { name: 'share', direction: null, label: 'share', text: 'A share.', range: { low: 0, high: 1 } } as const;
  const pointers = (constraint: object) =>
    unreachableLimits([{ metric: 'share', ...constraint }], { values: () => [share] }).map(({ pointer }) => pointer);

  it('that no value can keep is a violation', () => {
    expect(pointers({ min: 1.1 })).toEqual(['/constraints/0/min']);
    expect(pointers({ max: -0.1 })).toEqual(['/constraints/0/max']);
    expect(pointers({ min: 1, max: 0 })).toEqual([]);
  });
});

const result = fc.record({
  value: fc.option(fc.integer({ min: -3, max: 3 })),
  diverged: fc.boolean(),
  violation: fc.constantFrom(0, 0.5, 1, unknownViolation),
});
const rule = fc.record<RankingRule>({
  direction: fc.constantFrom('minimize', 'maximize'),
  ranking: fc.constantFrom('finite-first', 'by-value'),
});

describe('the ranking of a study with constraints', () => {
  it('has the trials that keep all limits by their values, then the others by their violation, ties by number', () => {
    fc.assert(
      fc.property(rule, fc.array(result, { maxLength: 12 }), (ranking, results) => {
        const ranked = results.map((one, number) => ({ ...one, number })).sort(byRank(ranking));
        ranked.slice(1).forEach((next, index) => {
          const before = ranked[index] as (typeof ranked)[number];
          const [worth, other] = [scoreOf(ranking, before), scoreOf(ranking, next)];
          if (worth !== null && other !== null) expect(worth > other || (worth === other && before.number < next.number)).toBe(true);
          else if (worth === null) {
            expect(other).toBeNull();
            expect(before.violation < next.violation || (before.violation === next.violation && before.number < next.number)).toBe(true);
          }
        });
      }),
    );
  });

  it('has no score beyond a limit, although the trial has a result', () => {
    fc.assert(
      fc.property(rule, result, (ranking, one) => {
        if (one.violation > 0) expect(scoreOf(ranking, one)).toBeNull();
        else expect(scoreOf(ranking, one)).toBe(scoreOf(ranking, { value: one.value, diverged: one.diverged }));
        expect(countsAsResult(ranking, one)).toBe(scoreOf(ranking, { ...one, violation: 0 }) !== null);
      }),
    );
  });
});
