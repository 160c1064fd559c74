import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { placeOf } from '../../src/studies/ports/list.ts';
import { addStudy, openStudyStore, type StudyStore, stepRecord } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();

describe('pages', () => {
  it('of trials, study checkpoints and studies come whole, in order, without gaps', async () => {
    const study = await addStudy(store, { budget: { trials: 130 }, parallelism: 130 });
    for (let trial = await store.queue.claim(runner, 60); trial; trial = await store.queue.claim(runner, 60))
      await store.queue.complete(trial, { ...stepRecord(1), checkpoint: null }, false);
    await advanceStudy(store.transactions, study);
    const numbers = await walk(
      (after) => store.reader.trials({ studyId: study, limit: 50, after: numberOf(after) }),
      (trial) => trial.number,
    );
    expect(numbers).toEqual(Array.from({ length: 130 }, (_, index) => index));
    const sequences = await walk(
      (after) => store.reader.checkpoints({ studyId: study, limit: 3, after: numberOf(after) }),
      (checkpoint) => checkpoint.sequence,
    );
    expect(sequences).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const more = [];
    for (let index = 0; index < 6; index += 1)
      more.unshift(await addStudy(store, { name: index % 2 === 0 ? 'even' : 'odd', budget: { trials: 1 } }));
    expect(
      await walk(
        (after) => store.reader.studies({ project: 'default', limit: 2, after: placed(after) }),
        (each) => each.id,
      ),
    ).toEqual([...more, study]);
    expect(
      await walk(
        (after) => store.reader.studies({ project: 'default', limit: 2, after: placed(after), name: 'odd' }),
        (each) => each.id,
      ),
    ).toHaveLength(3);
    expect(
      await walk(
        (after) => store.reader.studies({ project: 'default', limit: 2, after: placed(after), states: ['completed'] }),
        (each) => each.id,
      ),
    ).toEqual([study]);
    expect(await store.transactions.transaction((tx) => tx.resultsFrom(study, 100))).toHaveLength(30);
  });
});

const placed = (after: string | undefined) => (after === undefined ? undefined : placeOf(after));

function numberOf(after: string | undefined): number | undefined {
  return after === undefined ? undefined : Number(after);
}

async function walk<T, K>(
  page: (after: string | undefined) => Promise<{ items: readonly T[]; next: string | null }>,
  key: (item: T) => K,
): Promise<K[]> {
  const keys: K[] = [];
  for (let after: string | undefined; ; ) {
    const { items, next } = await page(after);
    keys.push(...items.map(key));
    if (next === null) return keys;
    after = next;
  }
}
