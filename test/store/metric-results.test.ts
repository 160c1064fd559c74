import { expect, test } from 'vitest';
import type { ReadRows } from '../../src/store/database/database.ts';
import { metricResultCache } from '../../src/store/studies/metric-results.ts';

const metrics = [
  { name: 'accuracy', direction: 'maximize' },
  { name: 'latency', direction: 'minimize' },
];

interface State {
  readonly next: number;
  readonly last: number | null;
}

/** A study whose trials have ended, but for the open ones; each third one failed. Remembers the numbers that were read. */
function studyWith(first: State) {
  const read: number[] = [];
  const study = { state: first, open: new Set<number>() };
  const reads: ReadRows = async ({ sql, values }) => {
    if (sql.includes('outcome')) return [{ spec: { metrics }, ...study.state }];
    const [lows, highs] = values.slice(0, 2) as [number[], number[]];
    const sought = lows.flatMap((low, gap) => upTo((highs[gap] ?? 0) - low).map((place) => low + place));
    const numbers = sought.filter((number) => !study.open.has(number));
    read.push(...numbers);
    return numbers.map((number) => ({
      number,
      state: number % 3 === 2 ? 'failed' : 'completed',
      value: number,
      violation: null,
      metricValues: [number, number],
      diverged: false,
    }));
  };
  return { study, read, reads };
}

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

const completed = (count: number) => upTo(count).filter((number) => number % 3 !== 2);
const numbersOf = (results: Iterable<{ readonly number: number }> = []) => [...results].map(({ number }) => number);

test('each result is read once, however long a trial before it is open', async () => {
  const { study, read, reads } = studyWith({ next: 1502, last: null });
  study.open = new Set([0, 700, 1501]);
  const cache = metricResultCache();
  expect(numbersOf((await cache.of(reads, 'a'))?.results)).toEqual(completed(1501).filter((number) => !study.open.has(number)));
  read.length = 0;
  study.state = { next: 1504, last: null };
  study.open = new Set([0, 1501]);
  await cache.of(reads, 'a');
  expect(read).toEqual([700, 1502, 1503]);
  study.open = new Set();
  const found = await cache.of(reads, 'a');
  expect(read).toEqual([700, 1502, 1503, 0, 1501]);
  expect(numbersOf(found?.results)).toEqual(completed(1504));
  expect(numbersOf(found?.front)).toEqual(completed(1504));
  await cache.of(reads, 'a');
  expect(read).toHaveLength(5);
});

test('a number that no trial has yet is looked for until it has one', async () => {
  const { study, reads } = studyWith({ next: 3, last: null });
  study.open = new Set([1]);
  const cache = metricResultCache();
  expect(numbersOf((await cache.of(reads, 'a'))?.results)).toEqual([0]);
  study.state = { next: 2, last: null };
  study.open = new Set();
  expect(numbersOf((await cache.of(reads, 'a'))?.results)).toEqual([0, 1]);
});

test('requests at the same time read each result once', async () => {
  const { read, reads } = studyWith({ next: 1500, last: null });
  const cache = metricResultCache();
  const found = await Promise.all([1, 2, 3].map(() => cache.of(reads, 'a')));
  expect(found.map((each) => each?.results.length)).toEqual([1000, 1000, 1000]);
  expect(read).toEqual(upTo(1500));
});

test('a read that fails is told to its caller, and the next one reads again', async () => {
  const { read, reads } = studyWith({ next: 3, last: null });
  const cache = metricResultCache();
  const broken: ReadRows = (statement) =>
    statement.sql.includes('outcome') ? reads(statement) : Promise.reject(new Error('the connection is lost'));
  const [failed, next] = await Promise.allSettled([cache.of(broken, 'a'), cache.of(reads, 'a')]);
  expect([failed?.status, next?.status]).toEqual(['rejected', 'fulfilled']);
  expect(read).toEqual([0, 1, 2]);
});

test('the front of an ended study is computed once, of the results that count', async () => {
  const { study, read, reads } = studyWith({ next: 12, last: 7 });
  study.open = new Set([10, 11]);
  const cache = metricResultCache();
  const [one, other] = [await cache.of(reads, 'a'), await cache.of(reads, 'a')];
  expect(numbersOf(one?.results)).toEqual(completed(8));
  expect(other?.front).toBe(one?.front);
  expect(read).toEqual(upTo(10));
  study.state = { next: 12, last: null };
  study.open = new Set();
  expect(numbersOf((await cache.of(reads, 'a'))?.results)).toEqual(completed(12));
});
