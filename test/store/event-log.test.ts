import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { moveStudy } from '../../src/studies/actions/life-cycle.ts';
import { chained, emptyChain } from '../../src/studies/events/chain.ts';
import type { EventBody } from '../../src/studies/events/event.ts';
import { addStudy, openStudyStore, type StudyStore, stepRecord, valuesOf } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
beforeEach(() => store.clear());
afterAll(() => store[Symbol.asyncDispose]());

const runner = '01900000-0000-7000-8000-0000000000aa';
const eventsOf = async (studyId: string) => (await store.reader.events({ studyId, limit: 1000 })).items;
const typesOf = async (studyId: string) => (await eventsOf(studyId)).map(({ type }) => type);

/** Completes the oldest queued trial with this value; null fails it. */
async function settle(value: number | null): Promise<void> {
  const trial = await store.queue.claim(runner, 60);
  if (!trial) throw new Error('there is a queued trial');
  if (value === null) await store.queue.fail(trial, { code: 'runner-lost', message: 'its last words' });
  else await store.queue.complete(trial, stepRecord(1, valuesOf(value), `digest ${trial.number}`), false);
  await advanceStudy(store.transactions, trial.studyId);
}

describe('the event log of a study', () => {
  it('has every change in order: what was asked for, queued, came of it, was moved, and how it ended', async () => {
    const study = await addStudy(store, { budget: { trials: 3 }, parallelism: 1 });
    await settle(0.5);
    await moveStudy(store.transactions, study, 'pause');
    await moveStudy(store.transactions, study, 'resume');
    await settle(null);
    await settle(0.25);
    expect(await typesOf(study)).toEqual([
      'study-created',
      'checkpoint-written',
      'trials-queued',
      'trials-observed',
      'trials-queued',
      'study-paused',
      'study-resumed',
      'trials-observed',
      'trials-queued',
      'trials-observed',
      'study-ended',
    ]);
    const observed = (await eventsOf(study)).filter(({ type }) => type === 'trials-observed').map(({ data }) => data);
    expect(observed).toMatchObject([
      {
        trials: [
          { number: 0, state: 'completed', value: 0.5, error: null, steps: 1, measurements: expect.stringMatching(/^[0-9a-f]{64}$/) },
        ],
      },
      { trials: [{ number: 1, state: 'failed', value: null, error: 'runner-lost', steps: 0, measurements: null }] },
      { trials: [{ number: 2, value: 0.25 }] },
    ]);
    expect(JSON.stringify(observed)).not.toContain('last words');
  });

  it('is a chain whose end the study knows', async () => {
    const study = await addStudy(store, { budget: { trials: 4 }, parallelism: 2 });
    for (const value of [0.1, 1 / 3, 5e-324, 0.1 + 0.2]) await settle(value);
    const events = await eventsOf(study);
    const bodies = events.map(({ type, data }) => ({ type, data }) as EventBody); // as they were written
    expect(chained(emptyChain, bodies).map(({ hash }) => hash)).toEqual(events.map(({ hash }) => hash));
    expect((await store.reader.study(study))?.events).toEqual({ count: events.length, hash: events.at(-1)?.hash });
  });

  it('has the results that count although the study ended before they were observed', async () => {
    const study = await addStudy(store, { budget: { trials: 5 }, parallelism: 2 });
    const straggler = await store.queue.claim(runner, 60);
    await settle(0.5);
    await moveStudy(store.transactions, study, 'cancel');
    expect(straggler?.number).toBe(0);
    expect((await eventsOf(study)).at(-1)).toMatchObject({
      type: 'study-ended',
      data: { state: 'cancelled', outcome: { reason: 'cancelled' }, trials: [{ number: 1, value: 0.5 }] },
    });
  });

  it('stays as it is where an advance finds nothing to do, and where a move is no change', async () => {
    const study = await addStudy(store, { budget: { trials: 3 } });
    await moveStudy(store.transactions, study, 'pause');
    const before = await eventsOf(study);
    await moveStudy(store.transactions, study, 'pause');
    await advanceStudy(store.transactions, study);
    expect(await eventsOf(study)).toEqual(before);
  });

  it('is none for a study that began before there was one, and the study goes on', async () => {
    const study = await addStudy(store, { budget: { trials: 2 } });
    await store.sql('DELETE FROM study_event');
    await store.sql('UPDATE study SET event_count = NULL, event_head = NULL');
    await settle(0.5);
    await settle(0.25);
    expect(await store.reader.study(study)).toMatchObject({ state: 'completed', events: null });
    expect(await eventsOf(study)).toEqual([]);
  });

  it('is read in pages, and goes with its study', async () => {
    const study = await addStudy(store, { budget: { trials: 1 } });
    await settle(0.5);
    const all = await eventsOf(study);
    const first = await store.reader.events({ studyId: study, limit: 2 });
    const rest = await store.reader.events({ studyId: study, limit: 100, after: Number(first.next) });
    expect([...first.items, ...rest.items]).toEqual(all);
    expect(rest.next).toBeNull();
    await store.transactions.transaction((tx) => tx.deleteStudy(study));
    expect(await store.sql('SELECT * FROM study_event')).toEqual([]);
  });
});
