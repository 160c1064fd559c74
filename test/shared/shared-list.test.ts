import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstOf, followedBy, type Items, itemsFrom, knownInCommon } from '../../src/shared/shared-list.ts';

/** All that can be read of a list. */
const read = (items: Items<number>) => ({
  all: [...items],
  at: Array.from({ length: items.length + 2 }, (_, index) => [items.at(index), items.at(-index)]),
  length: items.length,
  rest: Array.from({ length: items.length + 2 }, (_, index) => itemsFrom(items, index)),
});

const numbers = fc.array(fc.nat(), { maxLength: 6 });

test('a list is the same to its readers as an array of its items, however it was made', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('first' as const), count: fc.nat(12) }),
    fc.record({ kind: fc.constant('followed' as const), more: numbers }),
  );
  fc.assert(
    fc.property(numbers, fc.array(step, { maxLength: 5 }), (start, steps) => {
      let [list, array]: [Items<number>, number[]] = [start, start];
      for (const made of steps) {
        [list, array] =
          made.kind === 'first'
            ? [firstOf(list, made.count), array.slice(0, made.count)]
            : [followedBy(list, made.more), [...array, ...made.more]];
        expect(read(list)).toEqual(read(array));
      }
    }),
  );
});

test('a list stays as it is while the arrays that it was made of grow', () => {
  const [start, end] = [[1, 2, 3], [4]];
  const lists = [firstOf(start, 2), firstOf(start, 3), followedBy(start, end), followedBy(firstOf(start, 2), end)];
  const before = lists.map(read);
  start.push(5, 6);
  end.push(7);
  expect(lists.map(read)).toEqual(before);
  expect([...followedBy(followedBy(start, end), [8])]).toEqual([1, 2, 3, 5, 6, 4, 7, 8]);
});

test('lists are known to have in common what they have of the same array, and nothing else', () => {
  const start = [1, 2, 3];
  expect(knownInCommon(followedBy(firstOf(start, 2), [3]), followedBy(start, [4]))).toBe(2);
  expect(knownInCommon(start, start)).toBe(3);
  expect(knownInCommon(start, firstOf(start, 1))).toBe(1);
  expect(knownInCommon(start, [...start])).toBe(0);
  expect(knownInCommon(followedBy([0], start), followedBy([0], start))).toBe(0);
});
