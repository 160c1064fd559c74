import { expect, test } from 'vitest';
import { computedEndViolations } from '../../src/space/computed-ends.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';

const found = (range: { low: number; high: number; step?: number }) =>
  computedEndViolations(searchSpaceSchema.parse([{ type: 'float', name: 'x', ...range }]));

test.each([
  [{ low: 0, high: 3 * 0.3, step: 0.3 }, 'write 0.9 in place of 0.8999999999999999, or 0.6 to end there'],
  [{ low: 0, high: 0.1 + 0.7, step: 0.1 }, 'write 0.8 in place of 0.7999999999999999, or 0.7 to end there'],
])('an upper bound of %o, computed a little too low, would lose the last value', (range, advice) => {
  expect(found(range)).toEqual([{ pointer: '/searchSpace/0/high', detail: expect.stringContaining(advice) }]);
});

test.each([
  [{ low: 0, high: 0.9, step: 0.3 }],
  [{ low: 0, high: 1, step: 0.3 }],
  [{ low: 0, high: 0.1 + 0.2, step: 0.1 }],
  [{ low: 0, high: 3 * 0.3 }],
  [{ low: 0, high: 0.8999999999999, step: 0.3 }],
  [{ low: 0, high: 0.8999999999999999, step: 0.25 }],
])('%o is taken as it is written', (range) => {
  expect(found(range)).toEqual([]);
});
