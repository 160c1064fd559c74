import { expect, test } from 'vitest';
import type { ReadRows } from '../../src/store/database/database.ts';
import { frontReads } from '../../src/store/studies/fronts.ts';
import { frontAnswer, inProcessFronts, mostVolumePoints, packed } from '../../src/studies/fronts/front-job.ts';
import type { FrontWorker } from '../../src/studies/ports/front-worker.ts';

const names = ['a', 'b', 'c', 'd'];

/** A study whose first trials completed: each is the best in one metric and the worst in another. */
function studyOf(state: { observed: number }): ReadRows {
  const spec = { metrics: names.slice(0, 2).map((name) => ({ name, direction: 'maximize' })) };
  return async ({ sql, values }) => {
    if (sql.includes('outcome')) return [{ spec, next: state.observed, last: null }];
    if (sql.includes('ANY')) return [];
    const [from = 0, to = 0] = values.slice(0, 2).map(Number);
    return Array.from({ length: to - from }, (_, place) => {
      const number = from + place;
      return { number, state: 'completed', value: number, violation: null, metricValues: [number, 100 - number], diverged: false };
    });
  };
}

test('a hypervolume is computed once for each revision and reference', async () => {
  const kinds: string[] = [];
  const worker: FrontWorker = {
    front: (job) => {
      kinds.push(job.kind);
      return inProcessFronts.front(job);
    },
  };
  const state = { observed: 5 };
  const read = studyOf(state);
  const fronts = frontReads(worker);
  const ask = (reference?: number[]) => fronts.front(read, 's', { limit: 1, reference });
  const [first, again] = [await ask([0, 0]), await ask([0, 0])];
  expect(again?.hypervolume).toBe(first?.hypervolume);
  expect(kinds).toHaveLength(1);
  await ask([-1, 0]);
  await ask();
  expect(kinds).toHaveLength(3);
  expect(await fronts.progress(read, 's', 3)).toEqual(await fronts.progress(read, 's', 3));
  expect(kinds).toHaveLength(4);
  state.observed = 6;
  expect((await ask([0, 0]))?.hypervolume).toBeGreaterThan(first?.hypervolume ?? Number.NaN);
  expect(kinds).toHaveLength(5);
});

test('a front of four metrics that is too large has no hypervolume', () => {
  const count = mostVolumePoints + 1;
  const volumes = (metrics: number, ends: readonly number[]) => {
    const values = (number: number) => Array.from({ length: metrics }, (_, metric) => (metric % 2 === 0 ? number : count - number));
    const results = packed(
      Array.from({ length: count }, (_, number) => ({ number, values: values(number) })),
      metrics,
    );
    return frontAnswer({ kind: 'volumes', results, reference: Array(metrics).fill(-1), ends });
  };
  expect(volumes(4, [2, count])).toEqual([expect.any(Number), null]);
  expect(volumes(3, [count])).toEqual([expect.any(Number)]);
});
