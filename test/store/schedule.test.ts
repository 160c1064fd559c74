import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

describe('an asap study of a sampler that looks back', () => {
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

  it('is no other with a strict schedule: that one waits for its window, and stores nothing of what it saw', async () => {
    const study = await addStudy(store, tpe);
    await finish(1);
    expect(await store.sweep.studiesDue()).toEqual([]);
    await advanceStudy(store.transactions, study);
    expect(await seen(study)).toEqual([null, null, null]);
  });
});

describe('a study that began with other code', () => {
  it.each([
    ['trainer', 'objective_version'],
    ['sampler', 'sampler_version'],
  ])('(of the %s) is found by the sweep before anything of it finishes, and stops with the reason', async (what, column) => {
    const study = await addStudy(store, tpe);
    await addStudy(store, tpe);
    expect(await store.sweep.studiesDue()).toEqual([]);
    await store.sql(`UPDATE study SET ${column} = 999 WHERE id = '${study}'`);
    expect(await store.sweep.studiesDue()).toEqual([study]);
    await advanceStudy(store.transactions, study);
    expect(await store.reader.study(study)).toMatchObject({ state: 'failed', outcome: { reason: 'version' } });
    expect((await store.reader.study(study))?.outcome?.detail).toContain(`version 999 of the ${what === 'sampler' ? 'tpe sampler' : what}`);
    expect((await store.reader.trials({ studyId: study, limit: 100 })).items.map(({ state }) => state)).toEqual(
      Array.from({ length: 3 }, () => 'cancelled'),
    );
    expect(await store.sweep.studiesDue()).toEqual([]);
  });
});
