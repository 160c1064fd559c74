import { afterAll, beforeAll, expect, it } from 'vitest';
import { addStudy, openStudyStore, type StudyStore } from '../study-fixture.ts';

let store: StudyStore;
let study: string;
beforeAll(async () => {
  store = await openStudyStore();
  study = await addStudy(store, { budget: { trials: 7 }, parallelism: 7 });
  const end = `finished_at = '2026-01-01T00:00:10Z'`;
  const completed = (value: number): string => `state = 'completed', value = ${value}, score = ${value}, ${end}`;
  await settle(0, { member: 0 }, completed(0.5));
  await settle(1, { member: 1 }, completed(0.7));
  await settle(2, { member: 0, copies: 1, earlierValues }, completed(0.6));
  await settle(3, { member: 1 }, completed(0.9));
  await settle(4, { member: 2, copies: 1 }, `state = 'failed', error = '{"code": "error", "message": "no memory"}', ${end}`);
  await settle(5, { member: 0, copies: 2 }, `state = 'cancelled', ${end}`);
  await settle(6, {}, completed(1));
});
afterAll(() => store[Symbol.asyncDispose]());

const earlierValues = [{ until: 2, parameters: { learningRate: 0.25 } }];

/** Makes a trial one of a member, and what it would be in the end. */
async function settle(number: number, origin: object, columns: string): Promise<void> {
  await store.sql(
    `UPDATE trial SET origin = '${JSON.stringify(origin)}', steps_wanted = ${number + 1}, ${columns} WHERE study_id = '${study}' AND number = ${number}`,
  );
}

const membersOf = async (atMost = 10) =>
  (await store.reader.memberTrials(study, atMost)).map(({ member, number, value, copies }) => ({ member, number, value, copies }));

it('reads the last trial of each member that completed or failed, the best first; a trial of no member is none', async () => {
  expect(await membersOf()).toEqual([
    { member: 1, number: 3, value: 0.9, copies: 0 },
    { member: 0, number: 2, value: 0.6, copies: 1 },
    { member: 2, number: 4, value: null, copies: 1 },
  ]);
  const [, member] = await store.reader.memberTrials(study, 10);
  expect(member).toMatchObject({ steps: 3, earlierValues });
  const [best] = await store.reader.memberTrials(study, 10);
  expect(best).toMatchObject({ steps: 4, earlierValues: [] });
});

it('reads no more than it was asked for: the best ones', async () => {
  expect((await membersOf(2)).map(({ member }) => member)).toEqual([1, 0]);
});

it('leaves out what a verdict made needless', async () => {
  await store.sql(`UPDATE study SET outcome = '{"reason": "target", "detail": "reached", "lastTrial": 2}' WHERE id = '${study}'`);
  expect(await membersOf()).toEqual([
    { member: 1, number: 1, value: 0.7, copies: 0 },
    { member: 0, number: 2, value: 0.6, copies: 1 },
  ]);
});
