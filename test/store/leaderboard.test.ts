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

describe('the trial nearest to the limits', () => {
  const limited = { constraints: [{ metric: 'value', max: 1 }], metrics: [{ name: 'value', direction: 'maximize' }] };

  it('is the least beyond them of those that count', async () => {
    const study = await addStudy(store, { ...limited, ranking: 'finite-first', budget: { trials: 6 }, parallelism: 6 });
    for (const [value, diverged] of [
      [null, true],
      [1.5, false],
      [1.25, false],
      [1.25, false],
      [1.125, true],
      [0.5, true],
    ] as const)
      await store.queue.complete(await claimed(store, runner), stepRecord(1, valuesOf(value)), diverged);
    const nearest = async (ranking: 'finite-first' | 'by-value') => (await store.reader.nearestToLimits(study, { ranking }))?.number;
    expect([await nearest('finite-first'), await nearest('by-value')]).toEqual([2, 4]);
    await store.sql(`UPDATE study SET outcome = '{"reason": "target", "detail": "", "lastTrial": 1}'`);
    expect([await nearest('finite-first'), await nearest('by-value')]).toEqual([1, 1]);
    await store.sql('UPDATE trial SET violation = 0 WHERE number = 1');
    expect(await nearest('finite-first')).toBeUndefined();
  });

  it('is found in the index, with 10,000 trials in the study', async () => {
    const study = await addStudy(store, limited);
    await fillWithTrials(store, study, 10_000);
    await store.sql(`UPDATE trial SET score = NULL, violation = 20000 - number WHERE study_id = '${study}'`);
    await store.sql('VACUUM ANALYZE trial');
    const plan = await store.database.$queryRaw`
      EXPLAIN SELECT * FROM trial WHERE study_id = ${study}::uuid AND state = ${'completed'}
        AND score IS NULL AND violation > 0 AND value IS NOT NULL AND NOT diverged
      ORDER BY score DESC NULLS LAST, violation, number LIMIT 1`;
    expect(JSON.stringify(plan)).toContain('Index Scan using trial_leaderboard');
    expect(JSON.stringify(plan)).not.toContain('Sort');
    expect((await store.reader.nearestToLimits(study, {}))?.number).toBe(10_099);
  });
});
