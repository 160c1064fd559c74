import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { importStudy } from '../../src/studies/actions/import.ts';
import { moveStudy } from '../../src/studies/actions/life-cycle.ts';
import { verifyStudy } from '../../src/studies/actions/verify.ts';
import { type StudyDocument, studyDocumentSchema } from '../../src/studies/document/document.ts';
import { exportStudy } from '../support/exported.ts';
import { addStudy, claimed, objectiveValue, openStudyStore, type StudyStore, stepRecord, valuesOf } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
beforeEach(() => store.clear());
afterAll(() => store[Symbol.asyncDispose]());

const runner = randomUUID();

/** Completes trials of whichever study; every seventh fails. */
async function work(most: number): Promise<void> {
  for (let done = 0; done < most; done += 1) {
    const trial = await store.queue.claim(runner, 60);
    if (!trial) return;
    if (trial.number % 7 === 5) await store.queue.fail(trial, { code: 'runner-lost', message: 'it is gone' });
    else await store.queue.complete(trial, stepRecord(1, valuesOf(objectiveValue(trial.parameters)), `digest ${trial.trialId}`), false);
    await advanceStudy(store.transactions, trial.studyId);
  }
}

async function documentOf(id: string): Promise<StudyDocument> {
  return studyDocumentSchema.parse(JSON.parse(await exportStudy(store.reader, id)));
}

const genetic = { sampler: { type: 'genetic', population: 6, elites: 2 }, budget: { generations: 4 }, parallelism: 3 };
const tpe = { sampler: { type: 'tpe', startupTrials: 5 }, budget: { trials: 18 } };
const studies = { random: { budget: { trials: 24 } }, tpe, 'tpe, asynchronous': { ...tpe, schedule: 'asynchronous' }, genetic };

describe.each(Object.entries(studies))('a study (%s) that is made of an export', (_title, fields) => {
  it.each(['active', 'paused', 'cancelled', 'ended'])('of one that is %s exports the same bytes and is verified', async (state) => {
    const original = await addStudy(store, fields);
    await work(state === 'ended' ? 1000 : 11);
    if (state === 'paused' || state === 'cancelled') await moveStudy(store.transactions, original, state === 'paused' ? 'pause' : 'cancel');
    const copy = await importStudy(store.transactions, { document: await documentOf(original) });
    expect(await exportStudy(store.reader, copy)).toBe(await exportStudy(store.reader, original));
    for (const id of [original, copy]) expect(await verifyStudy(store.reader, id)).toMatchObject({ verified: true, differences: [] });
  });

  it('as a fork is searched to its end and verified', async () => {
    const original = await addStudy(store, fields);
    await work(1000);
    const document = await documentOf(original);
    const fork = document.spec.sampler.type === 'genetic' ? { generation: 1 } : { trials: 9 };
    const copy = await importStudy(store.transactions, { document, fork, seed: 99 });
    expect(await verifyStudy(store.reader, copy)).toMatchObject({ verified: true, differences: [] });
    await work(1000);
    expect(await store.reader.study(copy)).toMatchObject({ state: 'completed', outcome: { reason: 'budget' } });
    expect(await verifyStudy(store.reader, copy)).toMatchObject({ verified: true, differences: [] });
    const sources = (await store.reader.trialTotals(copy)).sources;
    expect(sources.imported).toBeGreaterThan(5);
    expect(sources.trained).toBeGreaterThan(3);
  });
});

it('trials that are imported are never claimed, and those that are open are', async () => {
  const original = await addStudy(store, { budget: { trials: 4 }, parallelism: 2 });
  await work(2);
  const document = await documentOf(original);
  await moveStudy(store.transactions, original, 'cancel');
  const copy = await importStudy(store.transactions, { document });
  const trial = await claimed(store, runner);
  expect([trial.studyId, trial.number]).toEqual([copy, 2]);
});

it('stores all of an import or nothing of it', async () => {
  const original = await addStudy(store, {});
  await work(1000);
  const document = await documentOf(original);
  const before = await store.everything();
  const failing = {
    transaction: <T>(run: Parameters<typeof store.transactions.transaction<T>>[0]) =>
      store.transactions.transaction<T>((tx) => run({ ...tx, insertEvents: () => Promise.reject(new Error('the disk is full')) })),
  };
  await expect(importStudy(failing, { document })).rejects.toThrow('the disk is full');
  expect(await store.everything()).toEqual(before);
});
