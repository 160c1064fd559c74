import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scoreAtTop } from '../../src/pruners/percentile/score-at-top.ts';
import { prunerFor, prunerOptionsSchema, pruners } from '../../src/pruners/table.ts';

const prunerOf = (options: object) => prunerFor(prunerOptionsSchema.parse(options));
const failed = Number.NEGATIVE_INFINITY;
const infinitely = (count: number) => Array<number>(count).fill(failed);

/** Options of every pruner. */
const options = fc.oneof(
  fc.record({ type: fc.constant('median'), minTrials: fc.integer({ min: 1, max: 6 }) }),
  fc.record({
    type: fc.constant('percentile'),
    percentile: fc.double({ min: 0.001, max: 99.999, noNaN: true }),
    minTrials: fc.integer({ min: 1, max: 6 }),
  }),
  fc.record({ type: fc.constant('asha'), reductionFactor: fc.integer({ min: 2, max: 9 }) }),
);
/** Scores with many ties, of any size, and of trials whose value was not finite. */
const score = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(failed, -(2 ** 1023), 2 ** 1023),
);
const scores = fc.array(score, { maxLength: 40 });
/** Every case is drawn from one seed: what fails fails again. */
const drawn = { seed: 20_261_130, numRuns: 1000 };

describe('every pruner', () => {
  test('is in the table under its name, and stores its options with every default', () => {
    for (const [name, { optionsSchema }] of Object.entries(pruners)) {
      const parsed = optionsSchema.parse({ type: name, ...(name === 'percentile' && { percentile: 25 }) });
      expect(prunerFor(parsed).name).toBe(name);
      expect(optionsSchema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
      expect(() => optionsSchema.parse({ ...parsed, mistyped: 1 })).toThrow();
    }
  });

  test('never stops the best of those at a rung, or one that is as good', () => {
    fc.assert(
      fc.property(options, scores, score, (chosen, others, own) => {
        const least = prunerOf(chosen).leastScore(others);
        const best = Math.max(own, ...others);
        return least === null || best >= least;
      }),
      drawn,
    );
  });

  test('decides by the scores, in whatever order they are', () => {
    fc.assert(
      fc.property(options, scores, (chosen, others) =>
        Object.is(prunerOf(chosen).leastScore(others), prunerOf(chosen).leastScore(others.toReversed())),
      ),
      drawn,
    );
  });

  test('asks for no more of a trial where another one is worse than before', () => {
    fc.assert(
      fc.property(options, fc.array(score, { minLength: 1, maxLength: 40 }), (chosen, others) => {
        const before = prunerOf(chosen).leastScore(others);
        const after = prunerOf(chosen).leastScore([failed, ...others.slice(1)]);
        return before === null ? after === null : after !== null && after <= before;
      }),
      drawn,
    );
  });

  test.each([{ type: 'median' }, { type: 'percentile', percentile: 25 }, { type: 'asha' }])(
    'lets a trial without others go on: %j',
    (chosen) => {
      expect(prunerOf(chosen).leastScore([])).toBeNull();
    },
  );

  test.each([{ type: 'median', minTrials: 2 }, { type: 'percentile', percentile: 25, minTrials: 2 }, { type: 'asha' }])(
    'stops nothing where no other trial has a finite score, and only the worse where all are alike: %j',
    (chosen) => {
      const pruner = prunerOf(chosen);
      expect(pruner.leastScore(infinitely(6))).toBe(failed);
      expect(pruner.leastScore([3, 3, 3, 3, 3, 3])).toBe(3);
    },
  );
});

describe('median and percentile', () => {
  test('judge after the warm-up, then at every interval', () => {
    const pruner = prunerOf({ type: 'percentile', percentile: 25, warmupSteps: 4, intervalSteps: 3 });
    expect([1, 4, 5, 6, 7, 8, 10, 11].map((step) => pruner.rungOf(step))).toEqual([null, null, 0, null, null, 1, null, 2]);
    expect([1, 2, 3].map((step) => prunerOf({ type: 'median' }).rungOf(step))).toEqual([null, 0, 1]);
  });

  test('stop nothing at a step that too few others reported', () => {
    const pruner = prunerOf({ type: 'median', minTrials: 3 });
    expect([pruner.leastScore([1, 2]), pruner.leastScore([1, 2, 3])]).toEqual([null, 2]);
  });

  test('stop a trial of no finite score as soon as enough of the others have one', () => {
    const pruner = prunerOf({ type: 'median', minTrials: 1 });
    expect(pruner.leastScore([1, 2, failed])).toBe(1);
    // The median lies between a score and none.
    expect(pruner.leastScore([1, failed])).toBe(failed);
  });

  test('are the same at half of the trials, and name their part', () => {
    const others = [0.3, 0.9, 0.1, 0.7, 0.5, 0.2];
    const half = prunerOf({ type: 'percentile', percentile: 50 });
    expect(half.leastScore(others)).toBe(prunerOf({ type: 'median' }).leastScore(others));
    expect([half.part(), prunerOf({ type: 'median' }).part()]).toEqual(['the best 50 %', 'the better half']);
  });

  test('find the score of a share between scores of any size', () => {
    // The difference of these two is larger than the largest number.
    expect(scoreAtTop([-(2 ** 1023), 2 ** 1023], 0.25)).toBe(2 ** 1022);
    expect(scoreAtTop([-(2 ** 1023), 2 ** 1023], 0.75)).toBe(-(2 ** 1022));
    expect(scoreAtTop([7], 0.01)).toBe(7);
  });
});

describe('asha', () => {
  test('judges at rungs whose steps grow by the factor', () => {
    const pruner = prunerOf({ type: 'asha', minSteps: 3, reductionFactor: 4 });
    expect([1, 3, 4, 12, 24, 47, 48, 192].map((step) => pruner.rungOf(step))).toEqual([null, 0, null, 1, null, null, 2, 3]);
    const defaults = prunerOf({ type: 'asha' });
    expect([1, 2, 3, 9, 10, 27, 1_000_000_000].map((step) => defaults.rungOf(step))).toEqual([0, null, 1, 2, null, 3, null]);
  });

  test('lets one of so many go on, itself counted, and the best of them while they are fewer', () => {
    const pruner = prunerOf({ type: 'asha', reductionFactor: 3 });
    const leasts = [[5], [5, 4], [5, 4, 3, 2], [5, 4, 3, 2, 1], [8, 7, 6, 5, 4, 3, 2, 1]].map((others) => pruner.leastScore(others));
    expect(leasts).toEqual([5, 5, 5, 4, 6]);
  });

  test('names its part', () => {
    const parts = [2, 3, 4, 7].map((reductionFactor) => prunerOf({ type: 'asha', reductionFactor }).part());
    expect(parts).toEqual(['the better half', 'the best third', 'the best quarter', 'the best of every 7']);
  });
});
