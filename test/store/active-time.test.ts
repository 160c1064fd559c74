import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { moveStudy } from '../../src/studies/actions/life-cycle.ts';
import { activeSecondsAt, longestUntickedSeconds } from '../../src/studies/model/active-time.ts';
import { type Pace, stepsPerSecond } from '../../src/studies/search/remaining-time.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, stepRecord } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore(4);
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();

async function secondsOf(study: string): Promise<number> {
  return (await store.reader.study(study))?.activeTime.seconds ?? Number.NaN;
}

/** Lets time pass for a study: everything that is recorded of it happened so much earlier. */
async function pass(study: string, seconds: number): Promise<void> {
  const earlier = (columns: string[]): string => columns.map((column) => `${column} = ${column} - interval '${seconds} s'`).join(', ');
  await store.sql(`UPDATE study SET ${earlier(['created_at', 'updated_at', 'ticked_at', 'active_since'])} WHERE id = '${study}'`);
  await store.sql(`UPDATE trial SET ${earlier(['started_at', 'finished_at'])} WHERE study_id = '${study}'`);
  await store.sql(
    `UPDATE measurement SET ${earlier(['recorded_at'])} WHERE trial_id IN (SELECT id FROM trial WHERE study_id = '${study}')`,
  );
}

/** The test itself takes time, which counts too. */
function expectAbout(seconds: number, expected: number): void {
  expect(seconds).toBeGreaterThanOrEqual(expected);
  expect(seconds).toBeLessThan(expected + 30);
}

async function paceOf(study: string): Promise<Pace> {
  const overview = await store.reader.overview(study);
  if (!overview) throw new Error('the study is gone');
  return overview.pace;
}

describe('the active time of a study', () => {
  it('is counted from its creation to its end, with a time budget and without', async () => {
    const study = await addStudy(store, { budget: { trials: 1 } });
    await pass(study, 100);
    await store.sweep.tickWallClock(500);
    const ticked = await secondsOf(study);
    expectAbout(ticked, 100);
    await store.queue.complete(await claimed(store, runner), stepRecord(1), false);
    await pass(study, 3);
    await advanceStudy(store.transactions, study);
    expect(await store.reader.study(study)).toMatchObject({ state: 'completed', activeTime: { tickedAt: null, since: null } });
    const atEnd = await secondsOf(study);
    expect(atEnd).toBeGreaterThanOrEqual(ticked + 3);
    expect(atEnd).toBeLessThanOrEqual(ticked + longestUntickedSeconds);
    await pass(study, 5);
    await store.sweep.tickWallClock(9);
    expect(await secondsOf(study)).toBe(atEnd);
  });

  it('counts neither down time nor pauses', async () => {
    const study = await addStudy(store);
    await pass(study, 3600);
    await store.sweep.tickWallClock(500);
    expect(await secondsOf(study)).toBe(0);
    await pass(study, 100);
    await store.sweep.tickWallClock(500);
    await moveStudy(store.transactions, study, 'pause');
    const paused = await secondsOf(study);
    expectAbout(paused, 100);
    await pass(study, 200);
    await store.sweep.tickWallClock(500);
    expect(await secondsOf(study)).toBe(paused);
    await moveStudy(store.transactions, study, 'resume');
    expect(await secondsOf(study)).toBe(paused);
    await pass(study, 50);
    await store.sweep.tickWallClock(500);
    expectAbout(await secondsOf(study), paused + 50);
    const ticked = await secondsOf(study);
    await pass(study, 3600);
    await moveStudy(store.transactions, study, 'cancel');
    expect(await secondsOf(study)).toBe(ticked);
  });

  it('at a recorded moment is the same before and after every tick', async () => {
    const study = await addStudy(store);
    const seen: number[] = [];
    for (let tick = 0; tick < 20; tick += 1) {
      const row = await store.reader.study(study);
      if (row) seen.push(activeSecondsAt(row.activeTime, row.updatedAt));
      await store.sql(`UPDATE study SET ticked_at = ticked_at - interval '1.237 s', active_since = active_since - interval '1.237 s',
        updated_at = updated_at - interval '1.237 s' WHERE id = '${study}'`);
      await store.sweep.tickWallClock(500);
    }
    expect(new Set(seen).size).toBe(1);
  });

  it('of a study that the same transaction inserted is none: an import of an ended study shows 0', async () => {
    const study = await store.transactions.transaction(async (tx) => {
      const spec = await store.reader.study(await addStudy(store));
      if (!spec) throw new Error('the study is stored');
      const { spec: resolved, definition, sampler, objectiveVersion } = spec;
      const id = randomUUID();
      await tx.insertStudy({ id, spec: resolved, definition, progress: sampler, objectiveVersion, campaign: null, forkedFrom: null });
      await tx.updateStudy(id, { state: 'paused' });
      return id;
    });
    expect(await secondsOf(study)).toBe(0);
  });
});

describe('the pace of a study', () => {
  it('is null before enough steps are measured, and knows the requested steps from the beginning', async () => {
    const study = await addStudy(store, { parallelism: 2 });
    const pace = await paceOf(study);
    expect(pace).toMatchObject({ recordedAt: null, seconds: 0, stepsTrained: 0, finished: { trials: 0 } });
    expect(pace.openSteps).toBeGreaterThanOrEqual(2);
    expect(pace.stepsWanted).toBe(pace.openSteps / 2);
    expect(stepsPerSecond(pace)).toBeNull();
  });

  it('measures the steps between the first start and the last record, of finished and running trials', async () => {
    const study = await addStudy(store, { budget: { trials: 9 } });
    const first = await claimed(store, runner);
    await pass(study, 600);
    await store.queue.recordStep(first, stepRecord(1));
    await store.queue.complete(first, stepRecord(2), false);
    const second = await claimed(store, runner);
    await pass(study, 400);
    await store.queue.recordStep(second, stepRecord(1, undefined, 'another'));
    const pace = await paceOf(study);
    expect(pace).toMatchObject({ stepsTrained: 3, finished: { trials: 1, stepsTrained: 2 } });
    expectAbout(pace.seconds, 1000);
    const recorded = (await store.reader.measurements(second.trialId)).at(-1)?.recordedAt;
    expect(pace.recordedAt).toEqual(recorded);
  });

  it('forgets what was measured before a pause or down time', async () => {
    const study = await addStudy(store, { budget: { trials: 9 } });
    const first = await claimed(store, runner);
    for (const step of [1, 2, 3]) await store.queue.recordStep(first, stepRecord(step));
    await store.queue.complete(first, stepRecord(4), false);
    expect(await paceOf(study)).toMatchObject({ stepsTrained: 4 });
    await pass(study, 3600);
    await store.sweep.tickWallClock(9);
    expect(await paceOf(study)).toMatchObject({ stepsTrained: 0, seconds: 0, finished: { trials: 0 } });
  });
});
