import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { verifyStudy } from '../../src/studies/actions/verify.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, stepRecord, valuesOf } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const definition = {
  searchSpace: [{ type: 'int', name: 'steps', low: 1, high: 15 }],
  sampler: { type: 'list', points: [{ steps: 1 }, { steps: 2 }, { steps: 3 }] },
  budget: { trials: 3 },
};

/** Runs a study whose first training diverges with the best value of all. @returns its id */
async function withDiverged(overrides: Record<string, unknown>): Promise<string> {
  const id = await addStudy(store, { ...definition, ...overrides });
  for (const value of [0.99, 0.5, 0.7]) {
    const trial = await claimed(store, '0190a000-0000-7000-8000-000000000001');
    const steps = Number(trial.parameters['steps']);
    for (let step = 1; step < steps; step += 1) await store.queue.recordStep(trial, stepRecord(step, valuesOf(value), `key ${steps}`));
    await store.queue.complete(trial, stepRecord(steps, valuesOf(value), `key ${steps}`), value === 0.99);
  }
  await advanceStudy(store.transactions, id);
  return id;
}

const order = async (id: string) => (await store.reader.leaderboard(id, 10)).map(({ number }) => number);

test('a trial whose training diverged ranks after all others, and the study verifies', async () => {
  const id = await withDiverged({});
  expect(await order(id)).toEqual([2, 1, 0]);
  expect(await verifyStudy(store.reader, id)).toMatchObject({ differences: [] });
});

test('a study that ranks by value keeps it in its place', async () => {
  const id = await withDiverged({ ranking: 'by-value' });
  expect(await order(id)).toEqual([0, 2, 1]);
  expect(await verifyStudy(store.reader, id)).toMatchObject({ differences: [] });
});
