import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Log, RunnerWorld } from '../../src/runner/ports.ts';
import { sweep } from '../../src/runner/sweep.ts';
import { isDatabaseUnreachable } from '../../src/shared/database-unreachable.ts';
import { addCampaign, partStates, smallest } from '../store/campaigns/campaign-fixture.ts';
import { openStudyStore, type StudyStore } from '../store/study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

/** What a sweep needs of the world, and the errors that it logs. */
function sweeper() {
  const errors: object[] = [];
  const silent = () => undefined;
  const log: Log = { debug: silent, info: silent, warn: silent, error: (facts) => errors.push(facts) };
  const nothing = async () => undefined;
  const registration = { id: 'none', seen: nothing, canEvaluate: nothing, cannotEvaluate: async () => false, unregister: nothing };
  const world: Omit<RunnerWorld, 'artifacts' | 'objectives' | 'evaluatorOf'> = {
    ...store,
    registration,
    log,
    isAway: isDatabaseUnreachable,
  };
  return { errors, sweepOnce: () => sweep(world, { sweepSeconds: 5, leaseSeconds: 15 }) };
}

it('a campaign that cannot be moved does not hold up the others', async () => {
  const [broken, other] = [await addCampaign(store, smallest), await addCampaign(store, { ...smallest, order: 'sequential' })];
  await store.sql("UPDATE study SET state = 'cancelled', ended_at = now()");
  await store.sql(`UPDATE campaign SET spec = spec - 'seed' WHERE id = '${broken}'`);
  const { errors, sweepOnce } = sweeper();
  await sweepOnce();
  expect(await partStates(store, other)).toEqual({ one: 'cancelled', two: 'active' });
  expect(errors).toEqual([{ err: expect.any(Error), campaign: broken }]);
});
