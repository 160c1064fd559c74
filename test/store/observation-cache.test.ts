import { expect, test } from 'vitest';
import { observationCache } from '../../src/store/studies/observation-cache.ts';
import type { TrialResult } from '../../src/studies/model/trial.ts';

const result = (number: number): TrialResult => ({
  number,
  index: number,
  given: null,
  state: 'completed',
  parameters: { x: number },
  origin: {},
  value: number,
  diverged: false,
  error: null,
});

/** Reads trials, and remembers their numbers. */
function reader() {
  const read: number[] = [];
  const readResults = async (_studyId: string, from: number, to: number) => {
    const numbers = Array.from({ length: to - from }, (_, place) => from + place);
    read.push(...numbers);
    return numbers.map(result);
  };
  return { read, readResults };
}

const numbersOf = (history: Iterable<{ readonly number: number }>) => [...history].map(({ number }) => number);
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

test('each observed trial is read once, and a history stays as it was while more are observed', async () => {
  const { read, readResults } = reader();
  const cache = observationCache();
  const histories = [];
  for (const count of [0, 3, 1200, 1201, 700]) histories.push(await cache.before(readResults, 'a', count));
  expect(histories.map(numbersOf)).toEqual([0, 3, 1200, 1201, 700].map(upTo));
  expect(read).toEqual(upTo(1201));
});

test('an observation is the same object in every history of its study', async () => {
  const { readResults } = reader();
  const cache = observationCache();
  const [earlier, later] = [await cache.before(readResults, 'a', 2), await cache.before(readResults, 'a', 4)];
  expect([...later].slice(0, 2).every((observation, index) => observation === earlier.at(index))).toBe(true);
});

test('requests that read a study at the same time get each observation once, at its place', async () => {
  const { readResults } = reader();
  const cache = observationCache();
  const counts = [1100, 20, 1600, 700];
  const histories = await Promise.all(counts.map((count) => cache.before(readResults, 'a', count)));
  expect(histories.map(numbersOf)).toEqual(counts.map(upTo));
});

test('a trial that is missing among the observed ones is an error, and no endless search for it', async () => {
  const cache = observationCache();
  await expect(cache.before(async () => [], 'a', 1)).rejects.toThrow('trial 0 is observed');
});
