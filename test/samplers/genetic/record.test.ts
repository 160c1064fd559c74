import { describe, expect, test } from 'vitest';
import { amongBest, extendedRecord, withBest } from '../../../src/samplers/genetic/record.ts';
import type { Candidate } from '../../../src/samplers/genetic/state.ts';

const candidate = (trial: number, value: number | null, more: Partial<Candidate> = {}): Candidate => ({
  trial,
  value,
  genome: '0',
  parameters: {},
  steps: 1,
  ...more,
});
const recorded = (...values: number[]) => values.map((value) => ({ value }));

describe('the record of a rung', () => {
  test('keeps equal results once, and none of a trial without a value', () => {
    const first = extendedRecord([], 0, [candidate(0, 0.5), candidate(1, null), candidate(2, 0.5), candidate(3, 0.7)]);
    expect(first).toEqual([recorded(0.5, 0.7)]);
    expect(extendedRecord(first, 1, [candidate(4, 0.5)])).toEqual([recorded(0.5, 0.7), recorded(0.5)]);
  });

  test('tells results beyond a limit from those that keep it', () => {
    const record = extendedRecord([recorded(0.5)], 0, [candidate(1, 0.5, { violation: 2 })]);
    expect(record).toEqual([[{ value: 0.5 }, { value: 0.5, violation: 2 }]]);
  });

  test('has the latest hundred results, and leaves the one before as it was', () => {
    const first = extendedRecord(
      [],
      0,
      Array.from({ length: 100 }, (_, trial) => candidate(trial, trial)),
    );
    const second = extendedRecord(first, 0, [candidate(100, 100), candidate(101, 101)]);
    expect(second[0]?.map(({ value }) => value)).toEqual(Array.from({ length: 100 }, (_, place) => place + 2));
    expect(first[0]).toHaveLength(100);
    expect(first[0]?.[0]).toEqual({ value: 0 });
  });
});

describe('the best 1/η of a rung', () => {
  const record = recorded(1, 2, 3, 4, 5, 6, 7);

  test.each([
    ['maximize', [6, 7]],
    ['minimize', [1, 2]],
  ] as const)('are the best two of seven for η = 3 where the direction is %s', (direction, best) => {
    expect(amongBest(direction, record, 3, record).map(({ value }) => value)).toEqual(best);
  });

  test('may hold all results of a generation, or none', () => {
    expect(amongBest('maximize', record, 3, recorded(7, 6, 6))).toEqual(recorded(7, 6, 6));
    expect(amongBest('maximize', record, 3, recorded(1, 2, 5))).toEqual([]);
  });

  test('have the best result of a rung, of however few', () => {
    expect(amongBest('maximize', recorded(1, 2), 3, recorded(2, 1))).toEqual(recorded(2));
  });

  test('put a result that keeps the limits before better ones beyond them', () => {
    const kept = { value: 1 };
    const beyond = { value: 9, violation: 1 };
    expect(amongBest('maximize', [beyond, kept], 2, [beyond, kept])).toEqual([kept]);
  });

  test('are none without any result', () => {
    expect(amongBest('maximize', [], 3, [candidate(0, null)])).toEqual([]);
  });
});

describe('the best result of a candidate', () => {
  test('is the latest one if that is better', () => {
    const latest = candidate(7, 0.6, { steps: 2 });
    expect(withBest('maximize', candidate(3, 0.5), latest)).toEqual(latest);
  });

  test.each([
    ['worse', 0.4],
    ['equal', 0.5],
    ['missing', null],
  ])('is the earlier one if the latest is %s', (_, value) => {
    const latest = candidate(7, value, { steps: 2 });
    expect(withBest('maximize', candidate(3, 0.5), latest)).toEqual({ ...latest, best: { trial: 3, value: 0.5, steps: 1 } });
  });

  test('is kept over further rungs, until a better one', () => {
    const second = withBest('minimize', candidate(3, 0.5), candidate(7, 0.6, { steps: 2 }));
    const third = withBest('minimize', second, candidate(9, 0.55, { steps: 4 }));
    expect(third.best).toEqual({ trial: 3, value: 0.5, steps: 1 });
    expect(withBest('minimize', third, candidate(12, 0.4, { steps: 8 })).best).toBeUndefined();
  });
});
