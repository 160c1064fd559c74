import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storedIncidents } from '../store/inspect.ts';
import { openStudyStore, type StudyStore } from '../store/study-fixture.ts';
import { type TemporaryFolder, temporaryFolder } from '../store/temporary-folder.ts';
import { completed, exportText, postStudy, type ServiceProcess, startProcess } from '../system/service-process.ts';
import { longTrial } from '../system/studies.ts';
import { startFaulty } from './faulty-process.ts';
import { checkpointPasses } from './points.ts';
import { expectNothingLost, expectVerified } from './soundness.ts';

/** One trial of a few real steps: the files are those of the product. */
const study = { ...longTrial, objective: { ...longTrial.objective, hyperparameters: { epochs: 4, hiddenUnits: 4, maxLength: 20 } } };

/** The data folder of a service that nothing happened to, and the export of its study. */
let undisturbed: { readonly folder: TemporaryFolder; readonly text: string };
beforeAll(async () => {
  await using store = await openStudyStore();
  const folder = await temporaryFolder();
  await using service = startProcess(['serve'], settingsFor(store, folder));
  undisturbed = { folder, text: (await run(service)).text };
});
afterAll(() => undisturbed.folder[Symbol.asyncDispose]());

function settingsFor(store: StudyStore, folder: TemporaryFolder): Record<string, string> {
  return { DATABASE_URL: store.url, CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '1' };
}

async function run(service: ServiceProcess): Promise<{ text: string }> {
  const url = await service.url();
  const id = await postStudy(url, study);
  await completed(url, id);
  await expectVerified(url, 'studies', id);
  return { text: await exportText(url, id) };
}

/** A data folder with the prepared dataset alone. */
async function folderWithDataset(): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  await cp(join(undisturbed.folder.path, 'datasets'), join(folder.path, 'datasets'), { recursive: true });
  return folder;
}

test.each(checkpointPasses)(
  'a trial whose trainer is killed at $point costs an attempt and at most one step, and ends with the same export',
  async (pass) => {
    await using store = await openStudyStore();
    await using folder = await folderWithDataset();
    await using service = startFaulty('serve', { ...pass, action: 'kill' }, settingsFor(store, folder), folder.path);
    expect((await run(service)).text).toBe(undisturbed.text);
    await service.happened();
    await expectNothingLost(store, { failures: 1 });
  },
);

test('a trial of which a step checkpoint cannot be written goes on without it, notes that, and leaves nothing half-written', async () => {
  await using store = await openStudyStore();
  await using folder = await folderWithDataset();
  const fault = { point: 'checkpoint.before', hit: 2, action: 'fail' } as const;
  await using service = startFaulty('serve', fault, settingsFor(store, folder), folder.path);
  expect((await run(service)).text).toBe(undisturbed.text);
  await service.happened();
  await expectNothingLost(store);
  expect(await storedIncidents(store)).toMatchObject([{ kind: 'checkpoint-skipped', step: 2 }]);
  const files = await readdir(join(folder.path, 'artifacts'), { recursive: true });
  expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
