import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fillWithTrials } from './inspect.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, stepRecord, valuesOf } from './study-fixture.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();

describe('leaderboard', () => {
  it.each(['maximize', 'minimize'])('ranks by value (%s), no value last, ties to the lower number', async (direction) => {
    const study = await addStudy(store, { metrics: [{ name: 'value', direction }] });
    for (const value of [0.5, null, 0.9, 0.5, 0.1])
      await store.queue.complete(await claimed(store, runner), stepRecord(1, valuesOf(value, 0.5)), value === null);
    const numbers = (await store.reader.leaderboard(study, 10)).map((trial) => trial.number);
    expect(numbers).toEqual(direction === 'maximize' ? [2, 0, 3, 4, 1] : [4, 0, 3, 2, 1]);
    expect(await store.reader.leaderboard(study, 2)).toHaveLength(2);
  });

  it('leaves out the trials after the last one that counts', async () => {
    const study = await addStudy(store);
    for (const value of [0.1, 0.2, 0.3, 0.4])
      await store.queue.complete(await claimed(store, runner), stepRecord(1, valuesOf(value)), false);
    await store.sql(`UPDATE study SET outcome = '{"reason": "target", "detail": "", "lastTrial": 1}'`);
    expect((await store.reader.leaderboard(study, 10)).map((trial) => trial.number)).toEqual([1, 0]);
  });

  it('reads its index, with 10,000 trials in the study', async () => {
    const study = await addStudy(store);
    await fillWithTrials(store, study, 10_000);
    // With its values as parameters, as the reader sends them: a partial index must still be seen to fit.
    const plan = await store.database.$queryRaw`
      EXPLAIN SELECT * FROM trial WHERE study_id = ${study}::uuid AND state = ${'completed'}
      ORDER BY score DESC NULLS LAST, violation, number LIMIT ${10}::int`;
    expect(JSON.stringify(plan)).toContain('Index Scan using trial_leaderboard');
    expect((await store.reader.leaderboard(study, 3)).map((trial) => trial.value)).toEqual([10_000, 9999, 9998]);
  });
});
