import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { importStudy } from '../../src/studies/actions/import.ts';
import { moveStudy } from '../../src/studies/actions/life-cycle.ts';
import { studyDocumentSchema } from '../../src/studies/document/document.ts';
import { exportStudy } from '../support/exported.ts';
import { anyHistory, begunHistory, happenings } from './counted-history.ts';
import { forgetCounters, storedStudyIds } from './inspect.ts';
import { expireAllLeases, oneTrial, stepOf, trained } from './one-trial.ts';
import { evaluated, prunedStudy } from './pruned-search.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, stepRecord, valuesOf } from './study-fixture.ts';

/** The statements by which the migrations that brought counters count what is there. */
const countings = ['20261129110000_study_counters', '20261130110100_steps_saved_before'].map((name) => {
  const text = readFileSync(resolve(import.meta.dirname, `../../prisma/migrations/${name}/migration.sql`), 'utf8');
  return text.slice(text.indexOf('UPDATE "study"'));
});

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
beforeEach(() => store.clear());
afterAll(() => store[Symbol.asyncDispose]());

/** Counts the trials of a study one by one. */
async function plainCount(study: string) {
  const rows = await store.sql(
    `SELECT state, steps_done, steps_trained, steps_wanted, result_key, objective_name FROM trial WHERE study_id = '${study}'`,
  );
  const trials: Record<string, number> = { queued: 0, running: 0, completed: 0, pruned: 0, failed: 0, cancelled: 0 };
  const steps = { done: 0, trained: 0, reused: 0, saved: 0 };
  for (const row of rows) {
    trials[String(row['state'])] = (trials[String(row['state'])] ?? 0) + 1;
    steps.done += Number(row['steps_done']);
    steps.trained += Number(row['steps_trained']);
    const hasEnded = ['completed', 'pruned', 'failed'].includes(String(row['state']));
    if (hasEnded && row['result_key'] !== null) steps.reused += Math.max(0, Number(row['steps_done']) - Number(row['steps_trained']));
    if (row['state'] === 'pruned' && row['objective_name'] !== 'external')
      steps.saved += Number(row['steps_wanted']) - Number(row['steps_done']);
  }
  return { trials, steps };
}

async function shown(study: string) {
  const overview = await store.reader.overview(study);
  return { trials: overview?.trials, steps: overview?.steps };
}

/** Numbers of a study's row that say how much of it is counted. */
async function progressOf(study: string) {
  const [row] = await store.sql(`SELECT observed, counted FROM study WHERE id = '${study}'`);
  return row;
}

describe('the counts of a study', () => {
  it('are those of its trials after any history, and every observed trial is in its counters', async () => {
    let observed = 0;
    await fc.assert(
      fc.asyncProperty(anyHistory, async (happened) => {
        await store.clear();
        await using begun = await begunHistory(store);
        for (const [[, happening], pick] of happened) await happening(begun, pick);
        await happenings.advance(begun);
        for (const study of await storedStudyIds(store)) {
          expect(await shown(study)).toEqual(await plainCount(study));
          expect(await store.reader.trialCounts(study)).toEqual((await plainCount(study)).trials);
          const progress = await progressOf(study);
          expect(progress?.['counted']).toBe(progress?.['observed']);
          observed += Number(progress?.['observed']);
        }
      }),
      // To shrink a history would take minutes.
      { numRuns: 6, endOnFailure: true },
    );
    expect(observed).toBeGreaterThan(50);
  }, 240_000);

  it('of a copy and of a fork are in their counters from the start, those of an ended study with cancelled trials too', async () => {
    const active = await addStudy(store, { budget: { trials: 9 }, parallelism: 2 });
    await worked(active, 4);
    await moveStudy(store.transactions, active, 'pause');
    const ended = await addStudy(store, { parallelism: 3 });
    await worked(ended, 3);
    await moveStudy(store.transactions, ended, 'cancel');
    for (const original of [active, ended]) {
      const document = studyDocumentSchema.parse(JSON.parse(await exportStudy(store.reader, original)));
      const copy = await importStudy(store.transactions, { document });
      expect(await progressOf(copy)).toEqual(await progressOf(original));
      expect(await shown(copy)).toEqual(await plainCount(copy));
      const fork = await importStudy(store.transactions, { document, fork: { trials: 2 }, seed: 5 });
      expect(await progressOf(fork)).toEqual({ observed: 2, counted: 2 });
      expect(await shown(fork)).toEqual(await plainCount(fork));
    }
    expect((await shown(ended)).trials).toMatchObject({ completed: 2, failed: 1, cancelled: 2 });
  });

  it('have the steps that a pruner saved, and those that the same search then reuses', async () => {
    for (const seed of [1, 2]) await evaluated(store, { ...prunedStudy, name: `run ${seed}` }, { slots: 2, seed });
    const [first, second] = await Promise.all((await storedStudyIds(store)).map(shown));
    expect([first?.steps, second?.steps]).toEqual([
      expect.objectContaining({ reused: 0, saved: expect.closeTo(second?.steps?.saved ?? 0) }),
      expect.objectContaining({ trained: 0, reused: first?.steps?.done }),
    ]);
    expect(first?.steps?.saved).toBeGreaterThan(0);
    for (const study of await storedStudyIds(store)) {
      expect(await shown(study)).toEqual(await plainCount(study));
      const { stepsReused, stepsSaved } = await store.reader.trialTotals(study);
      expect((await shown(study)).steps).toMatchObject({ reused: stepsReused, saved: stepsSaved });
      const document = studyDocumentSchema.parse(JSON.parse(await exportStudy(store.reader, study)));
      const copy = await importStudy(store.transactions, { document });
      expect(await shown(copy)).toEqual(await plainCount(copy));
    }
    const before = await store.everything();
    await forgetCounters(store);
    for (const counting of countings) await store.sql(counting);
    expect(await store.everything()).toEqual(before);
  });

  it('do not change with a step that comes late for a trial that is observed', async () => {
    const study = await addStudy(store, oneTrial(3));
    const late = await trained(store, 1, { by: randomUUID() });
    await expireAllLeases(store);
    await store.queue.complete(await trained(store, 2, { by: randomUUID(), from: 2 }), stepOf(3), false);
    await advanceStudy(store.transactions, study);
    const before = await shown(study);
    expect(await progressOf(study)).toEqual({ observed: 1, counted: 1 });
    // Steps of another key are new to the service.
    expect(await store.queue.recordStep(late, stepOf(1, 'another'))).toBe('abandon');
    expect(await shown(study)).toEqual(before);
    expect(await shown(study)).toEqual(await plainCount(study));
  });

  it('are right after a service without counters moved the study, and the next advance counts what that left out', async () => {
    const study = await addStudy(store, { budget: { trials: 6 }, parallelism: 1 });
    await worked(study, 3);
    await forgetCounters(store);
    expect(await shown(study)).toEqual(await plainCount(study));
    await worked(study, 1);
    expect(await progressOf(study)).toEqual({ observed: 4, counted: 4 });
    expect(await shown(study)).toEqual(await plainCount(study));
  });

  it('are counted by the migration for the studies of before', async () => {
    const studies = [await addStudy(store, { budget: { trials: 3 } }), await addStudy(store, { parallelism: 2 }), await addStudy(store)];
    for (const study of studies.slice(0, 2)) await worked(study, 3);
    const before = await store.everything();
    await forgetCounters(store);
    for (const counting of countings) await store.sql(counting);
    expect(await store.everything()).toEqual(before);
  });
});

/** Evaluates trials of whichever study; every third fails. */
async function worked(study: string, trials: number): Promise<void> {
  for (let done = 0; done < trials; done += 1) {
    const trial = await claimed(store, randomUUID());
    if (trial.number % 3 === 1) await store.queue.fail(trial, { code: 'runner-lost', message: 'it is gone' });
    else await store.queue.complete(trial, stepRecord(2, valuesOf(0.5), `digest ${trial.trialId}`), false);
    await advanceStudy(store.transactions, study);
  }
}
