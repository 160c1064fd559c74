import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openArtifacts } from '../../../src/store/artifacts/artifacts.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, stepRecord, valuesOf } from '../study-fixture.ts';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts';
import { digestFor, recordStepFile } from './step-files.ts';

let store: StudyStore;
let folder: TemporaryFolder;
beforeAll(async () => {
  [store, folder] = await Promise.all([openStudyStore(), temporaryFolder()]);
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

beforeEach(() => store.clear());

const runner = randomUUID();

it('pruning keeps the steps from which an open trial will continue another one with changed values, though that one went on', async () => {
  const artifacts = await openArtifacts(store.database, { folder: folder.path, limitMb: 0 });
  const study = await addStudy(store, { budget: { trials: 3 }, parallelism: 3 });
  const [copied, next, waiting] = [await claimed(store, runner), await claimed(store, runner), await claimed(store, runner)];
  const digest = digestFor(copied);
  const files: string[] = [];
  for (const step of [1, 2, 3]) files.push(await recordStepFile(store, artifacts, { trial: copied, digest, step }));
  await store.queue.complete(copied, { ...stepRecord(3, valuesOf(0.5), digest), checkpoint: null }, false);
  // The training goes on for another trial, and the best of the study are others.
  for (const step of [4, 5, 6]) files.push(await recordStepFile(store, artifacts, { trial: next, digest, step }));
  await store.sql(`UPDATE trial SET value = NULL, score = NULL, state = 'pruned' WHERE id = '${copied.trialId}'`);
  const continues = (number: number) => store.sql(`UPDATE trial SET origin = '{"continues": ${number}}' WHERE id = '${waiting.trialId}'`);
  const there = async (): Promise<number[]> => {
    await artifacts.prune();
    return files.flatMap((file, index) => (existsSync(file) ? [index + 1] : []));
  };
  await continues(copied.number);
  expect(await there()).toEqual([2, 3, 5, 6]);
  await store.queue.release(waiting);
  expect(await there()).toEqual([2, 3, 5, 6]);
  // Nothing is kept for a trial that has begun with the training itself, or for one of another study that names this number.
  const other = await addStudy(store, { budget: { trials: 1 }, objectiveSeed: 8 });
  await store.sql(`UPDATE trial SET origin = '{"continues": ${copied.number}}' WHERE study_id = '${other}'`);
  await store.sql(`UPDATE trial SET result_key = '${digest}', steps_done = 6 WHERE id = '${waiting.trialId}'`);
  expect(await there()).toEqual([5, 6]);
  await store.transactions.transaction((tx) => tx.cancelOpenTrials(study));
  expect(await there()).toEqual([]);
});

it('pruning keeps the step before the last of a copied member, also if it took that one in the training before', async () => {
  const artifacts = await openArtifacts(store.database, { folder: folder.path, limitMb: 0 });
  await addStudy(store, { budget: { trials: 4 }, parallelism: 4, objectiveSeed: 9 });
  const [first, copied, ahead, waiting] = [
    await claimed(store, runner),
    await claimed(store, runner),
    await claimed(store, runner),
    await claimed(store, runner),
  ];
  const [before, digest] = [digestFor(first), digestFor(copied)];
  const files: string[] = [];
  for (const step of [1, 2]) files.push(await recordStepFile(store, artifacts, { trial: first, digest: before, step }));
  files.push(await recordStepFile(store, artifacts, { trial: copied, digest, step: 3 }));
  // Both trainings have gone on.
  for (const step of [3, 4]) await recordStepFile(store, artifacts, { trial: ahead, digest: before, step });
  for (const step of [4, 5]) await recordStepFile(store, artifacts, { trial: ahead, digest, step });
  const ended = async (trial: typeof first, step: number, key: string, origin: object): Promise<void> => {
    await store.queue.complete(trial, { ...stepRecord(step, valuesOf(0.5), key), checkpoint: null }, false);
    await store.sql(
      `UPDATE trial SET value = NULL, score = NULL, state = 'pruned', origin = '${JSON.stringify(origin)}' WHERE id = '${trial.trialId}'`,
    );
  };
  await ended(first, 2, before, {});
  await ended(copied, 3, digest, { continues: first.number });
  await store.sql(`UPDATE trial SET origin = '{"continues": ${copied.number}}' WHERE id = '${waiting.trialId}'`);
  await artifacts.prune();
  expect(files.map((file) => existsSync(file))).toEqual([false, true, true]);
});
