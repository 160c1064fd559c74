import { expect, test } from 'vitest';
import type { ReadRows } from '../../src/store/database/database.ts';
import { metricResultCache } from '../../src/store/studies/metric-results.ts';

const metrics = [
  { name: 'accuracy', direction: 'maximize' },
  { name: 'latency', direction: 'minimize' },
];

interface State {
  readonly observed: number;
  readonly next: number;
  readonly last: number | null;
}

/** A study whose trials are all completed. Remembers the numbers of the trials that were read. */
function studyWith(first: State) {
  const read: number[] = [];
  const study = { state: first };
  const reads: ReadRows = async ({ sql, values }) => {
    if (sql.includes('outcome')) return [{ spec: { metrics }, ...study.state }];
    const [, from, to] = values.map(Number);
    const numbers = Array.from({ length: (to ?? 0) - (from ?? 0) }, (_, place) => (from ?? 0) + place);
    read.push(...numbers);
    return numbers.map((number) => ({ number, value: number, violation: null, metricValues: [number, number], diverged: false }));
  };
  return { study, read, reads };
}

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

test('each observed result is read once, the others each time', async () => {
  const { study, read, reads } = studyWith({ observed: 1500, next: 1502, last: null });
  const cache = metricResultCache({ isKept: true });
  expect((await cache.of(reads, 'a'))?.results).toHaveLength(1502);
  study.state = { observed: 1501, next: 1502, last: null };
  expect((await cache.of(reads, 'a'))?.front).toHaveLength(1502);
  expect(read).toEqual([...upTo(1502), 1500, 1501]);
});

test('requests at the same time read each observed result once', async () => {
  const { read, reads } = studyWith({ observed: 1500, next: 1500, last: null });
  const cache = metricResultCache({ isKept: true });
  const found = await Promise.all([1, 2, 3].map(() => cache.of(reads, 'a')));
  expect(found.map((each) => each?.results.length)).toEqual([1500, 1500, 1500]);
  expect(read).toEqual(upTo(1500));
});

test('a read that fails is told to its caller, and the next one reads again', async () => {
  const { read, reads } = studyWith({ observed: 3, next: 3, last: null });
  const cache = metricResultCache({ isKept: true });
  const broken: ReadRows = (statement) =>
    statement.sql.includes('outcome') ? reads(statement) : Promise.reject(new Error('the connection is lost'));
  const [failed, next] = await Promise.allSettled([cache.of(broken, 'a'), cache.of(reads, 'a')]);
  expect([failed?.status, next?.status]).toEqual(['rejected', 'fulfilled']);
  expect(read).toEqual([0, 1, 2]);
});

test('the front of an ended study is computed once, of the results that count', async () => {
  const { study, read, reads } = studyWith({ observed: 10, next: 12, last: 7 });
  const cache = metricResultCache({ isKept: true });
  const [one, other] = [await cache.of(reads, 'a'), await cache.of(reads, 'a')];
  expect(one?.results).toHaveLength(8);
  expect(other?.front).toBe(one?.front);
  expect(read).toEqual(upTo(10));
  study.state = { observed: 10, next: 12, last: null };
  expect((await cache.of(reads, 'a'))?.results).toHaveLength(12);
});

test('a cache that keeps nothing reads everything each time', async () => {
  const { read, reads } = studyWith({ observed: 3, next: 3, last: null });
  const cache = metricResultCache({ isKept: false });
  for (const _ of [1, 2]) await cache.of(reads, 'a');
  expect(read).toEqual([0, 1, 2, 0, 1, 2]);
});
