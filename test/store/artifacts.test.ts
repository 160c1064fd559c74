import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ArtifactFolder, ArtifactFolderError, openArtifacts } from '../../src/store/artifacts.ts';
import type { ClaimedTrial } from '../../src/studies/ports.ts';
import { addStudy, claimed, epochRecord, metricsOf, openStudyStore, type StudyStore } from './study-fixture.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

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
const newFolder = (): string => join(folder.path, randomUUID());

/** Records an epoch and its checkpoint file, under a digest of the trial's own. */
async function trainEpoch(artifacts: ArtifactFolder, trial: ClaimedTrial, epoch: number): Promise<string> {
  const digest = `${trial.trialId.slice(-2)}-${trial.trialId}`;
  const file = join(await artifacts.epochFolder(digest), `${epoch}.ckpt`);
  await writeFile(file, 'weights');
  const record = epochRecord(epoch, metricsOf(0.5), digest);
  await store.queue.recordEpoch(trial, { ...record, checkpoint: { epoch, file: artifacts.relative(file), bytes: 7, sha256: 'ab' } });
  return file;
}

async function complete(artifacts: ArtifactFolder, trial: ClaimedTrial, value: number): Promise<string[]> {
  const files = [await trainEpoch(artifacts, trial, 1), await trainEpoch(artifacts, trial, 2)];
  const digest = `${trial.trialId.slice(-2)}-${trial.trialId}`;
  await store.queue.complete(trial, { ...epochRecord(2, metricsOf(value), digest), checkpoint: null }, false);
  return files;
}

async function checkpointFiles(): Promise<unknown[]> {
  return (await store.sql('SELECT file FROM epoch_checkpoint ORDER BY file')).map((row) => row['file']);
}

describe('the identity of an artifact folder', () => {
  it('is written into a new folder, and the folder opens again', async () => {
    const path = newFolder();
    await openArtifacts(store.database, path);
    const { artifactId } = JSON.parse(await readFile(join(path, 'identity.json'), 'utf8'));
    expect(await store.sql('SELECT * FROM installation')).toEqual([{ id: 1, artifact_id: artifactId }]);
    await openArtifacts(store.database, path);
    expect(await readdir(path)).toEqual(['identity.json']);
  });

  it('is one for runners that open a new folder at the same moment', async () => {
    const path = newFolder();
    await Promise.all(Array.from({ length: 8 }, () => openArtifacts(store.database, path)));
    await expect(openArtifacts(store.database, path)).resolves.toBeDefined();
  });

  it('is adopted by a new database', async () => {
    const path = newFolder();
    await openArtifacts(store.database, path);
    const before = await readFile(join(path, 'identity.json'), 'utf8');
    await store.clear();
    await openArtifacts(store.database, path);
    expect(await readFile(join(path, 'identity.json'), 'utf8')).toBe(before);
  });

  it('is refused when the folder belongs to another database, and left alone', async () => {
    const [theirs, ours] = [newFolder(), newFolder()];
    await openArtifacts(store.database, ours);
    await mkdir(theirs);
    const identity = JSON.stringify({ artifactId: randomUUID() });
    await writeFile(join(theirs, 'identity.json'), identity);
    await expect(openArtifacts(store.database, theirs)).rejects.toThrow(/belongs to another database/);
    expect(await readFile(join(theirs, 'identity.json'), 'utf8')).toBe(identity);
  });

  it('is refused when it is missing and the database has records of another folder; without records a new one is taken', async () => {
    const artifacts = await openArtifacts(store.database, newFolder());
    await openArtifacts(store.database, newFolder());
    await addStudy(store);
    await trainEpoch(artifacts, await claimed(store, runner), 1);
    await expect(openArtifacts(store.database, newFolder())).rejects.toThrow(/1 epoch checkpoints elsewhere: set CLAVIER_DATA_DIR/);
  });

  it('is refused when it cannot be read', async () => {
    const path = newFolder();
    await mkdir(path);
    await writeFile(join(path, 'identity.json'), '{');
    await expect(openArtifacts(store.database, path)).rejects.toThrow(ArtifactFolderError);
  });
});

describe('prune', () => {
  it('keeps the last two epochs of an open trial, queued or running', async () => {
    const artifacts = await openArtifacts(store.database, newFolder());
    await addStudy(store);
    const [released, running] = [await claimed(store, runner), await claimed(store, runner)];
    const files = [];
    for (const epoch of [1, 2, 3]) for (const trial of [released, running]) files.push(await trainEpoch(artifacts, trial, epoch));
    await store.queue.release(released);
    expect(await artifacts.prune()).toBe(2);
    expect(files.map((file) => existsSync(file))).toEqual([false, false, true, true, true, true]);
    expect(await checkpointFiles()).toHaveLength(4);
    expect(await artifacts.prune()).toBe(0);
  });

  it("keeps the last epoch of a study's best 10, and deletes the rest with their folders", async () => {
    const artifacts = await openArtifacts(store.database, newFolder());
    await addStudy(store, { budget: { trials: 12 } });
    const all: string[][] = [];
    for (let number = 0; number < 12; number += 1) all.push(await complete(artifacts, await claimed(store, runner), number / 100));
    expect(await artifacts.prune()).toBe(14);
    expect(all.map(([, last]) => existsSync(last ?? ''))).toEqual([false, false, ...Array.from({ length: 10 }, () => true)]);
    expect(all.some(([first]) => existsSync(first ?? ''))).toBe(false);
    expect(all.map(([first]) => existsSync(dirname(first ?? '')))).toEqual([false, false, ...Array.from({ length: 10 }, () => true)]);
    expect(await checkpointFiles()).toEqual(
      all
        .slice(2)
        .map(([, last]) => artifacts.relative(last ?? ''))
        .sort(),
    );
  });

  it('deletes what a failed or cancelled trial and a deleted study left', async () => {
    const artifacts = await openArtifacts(store.database, newFolder());
    const study = await addStudy(store, { retries: { maxAttempts: 1 }, budget: { trials: 2 } });
    const [failed, cancelled] = [await claimed(store, runner), await claimed(store, runner)];
    for (const trial of [failed, cancelled]) await trainEpoch(artifacts, trial, 1);
    await store.queue.fail(failed, { code: 'training-error', message: 'no' });
    await store.transactions.transaction((tx) => tx.cancelOpenTrials(study));
    expect(await artifacts.prune()).toBe(2);
    const other = await addStudy(store, { budget: { trials: 1 } });
    await complete(artifacts, await claimed(store, runner), 0.5);
    await store.sql(`DELETE FROM study WHERE id = '${other}'`);
    expect(await artifacts.prune()).toBe(2);
    expect(await checkpointFiles()).toEqual([]);
  });

  it('passes over files that are gone, and leaves files that nobody recorded', async () => {
    const artifacts = await openArtifacts(store.database, newFolder());
    await addStudy(store, { retries: { maxAttempts: 1 }, budget: { trials: 2 } });
    const [one, two] = [await claimed(store, runner), await claimed(store, runner)];
    const [gone, kept] = [await trainEpoch(artifacts, one, 1), await trainEpoch(artifacts, two, 1)];
    await rm(dirname(gone), { recursive: true });
    await writeFile(join(dirname(kept), '2.ckpt'), 'being written');
    for (const trial of [one, two]) await store.queue.fail(trial, { code: 'training-error', message: 'no' });
    expect(await artifacts.prune()).toBe(2);
    expect(await readdir(dirname(kept))).toEqual(['2.ckpt']);
    expect(await checkpointFiles()).toEqual([]);
  });

  it('records paths relative to the folder, and finds them again', async () => {
    const path = newFolder();
    const artifacts = await openArtifacts(store.database, path);
    const file = join(await artifacts.epochFolder('abcdef'), '1.ckpt');
    expect(artifacts.relative(file)).toBe(join('epochs', 'ab', 'abcdef', '1.ckpt'));
    expect(artifacts.absolute(artifacts.relative(file))).toBe(file);
  });
});
