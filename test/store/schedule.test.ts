import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/shared/ids.ts';
import { thisProcess } from '../../src/store/runners/process-identity.ts';
import { registerRunner } from '../../src/store/runners/registration.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, stepRecord } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();
const tpe = { sampler: { type: 'tpe', startupTrials: 2 }, budget: { trials: 8 }, parallelism: 3 };

/** Claims what is queued and completes the trial of one number; the others stay with their runner. */
async function finish(number: number): Promise<void> {
  for (;;) {
    const trial = await claimed(store, runner);
    if (trial.number !== number) continue;
    const last = stepRecord(1);
    expect((await store.queue.complete(trial, { ...last, resultKey: trial.trialId }, false)).kind).toBe('settled');
    return;
  }
}

async function seen(studyId: string): Promise<unknown[]> {
  return (await store.reader.trials({ studyId, limit: 100 })).items.map((trial) => trial.seen);
}

describe('an asynchronous study of a sampler that looks back', () => {
  it('is found by the sweep when a place is free, though its oldest trial still runs, and stores what the next suggestion saw', async () => {
    const study = await addStudy(store, { ...tpe, schedule: 'asynchronous' });
    await finish(1);
    expect(await store.sweep.studiesDue()).toEqual([study]);
    await advanceStudy(store.transactions, study);
    expect(await store.sweep.studiesDue()).toEqual([]);
    const nothing = { before: 0, except: [] };
    expect(await seen(study)).toEqual([nothing, nothing, nothing, { before: 2, except: [0] }]);
    const queued = (await store.reader.events({ studyId: study, limit: 100 })).items.findLast(({ type }) => type === 'trials-queued');
    expect(queued?.data).toMatchObject({ trials: [{ number: 3, seen: { before: 2, except: [0] } }] });
  });

  it('is no other with a deterministic schedule: that one waits for its window, and stores nothing of what it saw', async () => {
    const study = await addStudy(store, tpe);
    await finish(1);
    expect(await store.sweep.studiesDue()).toEqual([]);
    await advanceStudy(store.transactions, study);
    expect(await seen(study)).toEqual([null, null, null]);
  });
});

describe('a study that began with another sampler', () => {
  it('is found by the sweep before anything of it finishes, and stops with the reason', async () => {
    const study = await addStudy(store, tpe);
    await addStudy(store, tpe);
    expect(await store.sweep.studiesDue()).toEqual([]);
    await store.sql(`UPDATE study SET sampler_version = 999 WHERE id = '${study}'`);
    expect(await store.sweep.studiesDue()).toEqual([study]);
    await advanceStudy(store.transactions, study);
    expect(await store.reader.study(study)).toMatchObject({ state: 'failed', outcome: { reason: 'version' } });
    expect((await store.reader.study(study))?.outcome?.detail).toContain('version 999 of the tpe sampler');
    expect((await store.reader.trials({ studyId: study, limit: 100 })).items.map(({ state }) => state)).toEqual(
      Array.from({ length: 3 }, () => 'cancelled'),
    );
    expect(await store.sweep.studiesDue()).toEqual([]);
  });
});

describe('a study that began with another version of its objective', () => {
  /** Moves a study and its trials to a version that this code does not have. */
  const age = async (study: string): Promise<void> => {
    await store.sql(`UPDATE study SET objective_version = 999 WHERE id = '${study}'`);
    await store.sql(`UPDATE trial SET objective_version = 999 WHERE study_id = '${study}'`);
  };

  it('is left alone by whoever has not that version: claimed, advanced and ended by nobody here', async () => {
    const [study, other] = [await addStudy(store, tpe), await addStudy(store, { ...tpe, objectiveSeed: 8 })];
    await age(study);
    for (let trial = await store.queue.claim(runner, 60); trial; trial = await store.queue.claim(runner, 60)) {
      expect(trial.studyId).toBe(other);
      await store.queue.complete(trial, { ...stepRecord(1), resultKey: trial.trialId }, false);
    }
    expect(await store.sweep.studiesDue()).toEqual([other]);
    const before = await store.everything();
    await advanceStudy(store.transactions, study);
    expect(await store.everything()).toEqual(before);
  });

  it('goes on in a runner that has it: its trials are claimed by that one alone', async () => {
    const study = await addStudy(store, tpe);
    await age(study);
    const older = { name: 'test-function', version: 999 };
    expect(await store.queue.claim(runner, 60)).toBeNull();
    expect(await store.queue.claim(runner, 60, randomUUID(), [{ ...older, version: 1 }, older])).toMatchObject({
      studyId: study,
      number: 0,
      objective: older,
    });
  });

  it('is told as one that no living runner can evaluate, until there is one', async () => {
    await age(await addStudy(store, tpe));
    await age(await addStudy(store, tpe));
    const objective = { name: 'test-function', version: 999 };
    expect(await store.sweep.unevaluable(60)).toEqual([{ objective, studies: 2 }]);
    const register = (version: number) =>
      registerRunner(store.database, { id: newId(), identity: thisProcess(), slots: 1, objectives: [{ ...objective, version }] });
    await register(1);
    expect(await store.sweep.unevaluable(60)).toEqual([{ objective, studies: 2 }]);
    await register(999);
    expect(await store.sweep.unevaluable(60)).toEqual([]);
    expect(await store.sweep.unevaluable(0)).toEqual([{ objective, studies: 2 }]);
  });
});
