import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ArtifactFolder, openArtifacts } from '../../../src/store/artifacts/artifacts.ts';
import { ArtifactFolderError } from '../../../src/store/artifacts/errors.ts';
import { removeUnlessYoung } from '../../../src/store/files/aged-files.ts';
import { thisProcess } from '../../../src/store/runners/process-identity.ts';
import { registerRunner } from '../../../src/store/runners/registration.ts';
import type { ClaimedTrial } from '../../../src/studies/ports/queue.ts';
import { storedCheckpoints, storedSteps, waitingForLock } from '../inspect.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, stepRecord, valuesOf } from '../study-fixture.ts';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts';
import { age, digestFor, putAged, recordStepFile } from './step-files.ts';

vi.mock('../../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

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
const openFolder = (path: string, limitMb = 1000): Promise<ArtifactFolder> => openArtifacts(store.database, { folder: path, limitMb });

/** The key of a file that was put: its path in the folder. */
const keyOf = (file: string): string => file.slice(file.lastIndexOf('/steps/') + 1);

const trainStep = (artifacts: ArtifactFolder, trial: ClaimedTrial, step: number): Promise<string> =>
  recordStepFile(store, artifacts, { trial, digest: digestFor(trial), step });

async function complete(artifacts: ArtifactFolder, trial: ClaimedTrial, value: number, gain?: number): Promise<string[]> {
  const files = [await trainStep(artifacts, trial, 1), await trainStep(artifacts, trial, 2)];
  const digest = digestFor(trial);
  await store.queue.complete(
    trial,
    { ...stepRecord(2, { ...valuesOf(value), ...(gain !== undefined && { gain }) }, digest), checkpoint: null },
    false,
  );
  return files;
}

async function checkpointFiles(): Promise<unknown[]> {
  return (await storedCheckpoints(store)).map(({ file }) => file).sort();
}

describe('the identity of an artifact folder', () => {
  it('is written into a new folder, and the folder opens again', async () => {
    const path = newFolder();
    await openFolder(path);
    const { artifactId } = JSON.parse(await readFile(join(path, 'identity.json'), 'utf8'));
    expect(await store.sql('SELECT * FROM installation')).toEqual([{ id: 1, artifact_id: artifactId }]);
    await openFolder(path);
    expect(await readdir(path)).toEqual(['identity.json']);
  });

  it('is one for runners that open a new folder at the same moment', async () => {
    const path = newFolder();
    await Promise.all(Array.from({ length: 8 }, () => openFolder(path)));
    await expect(openFolder(path)).resolves.toBeDefined();
  });

  it('is adopted by a new database', async () => {
    const path = newFolder();
    await openFolder(path);
    const before = await readFile(join(path, 'identity.json'), 'utf8');
    await store.clear();
    await openFolder(path);
    expect(await readFile(join(path, 'identity.json'), 'utf8')).toBe(before);
  });

  it('is refused when the folder belongs to another database, and left alone', async () => {
    const [theirs, ours] = [newFolder(), newFolder()];
    await openFolder(ours);
    await mkdir(theirs);
    const identity = JSON.stringify({ artifactId: randomUUID() });
    await writeFile(join(theirs, 'identity.json'), identity);
    await expect(openFolder(theirs)).rejects.toThrow(/belongs to another database/);
    expect(await readFile(join(theirs, 'identity.json'), 'utf8')).toBe(identity);
  });

  it('is refused when it is missing and the database has records of another folder', async () => {
    const artifacts = await openFolder(newFolder());
    await addStudy(store);
    await trainStep(artifacts, await claimed(store, runner), 1);
    await expect(openFolder(newFolder())).rejects.toThrow(/1 step checkpoint elsewhere: set CLAVIER_DATA_DIR/);
  });

  it('goes to one folder of several that are not shared: whoever opens another one while a runner is registered is refused', async () => {
    const elsewhere = { ...thisProcess(), host: 'another-host' };
    await registerRunner(store.database, { id: randomUUID(), identity: elsewhere, slots: 1, objectives: [] });
    const paths = Array.from({ length: 8 }, newFolder);
    const opened = await Promise.allSettled(paths.map((path) => openFolder(path)));
    const refused = opened.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(refused).toHaveLength(7);
    for (const words of refused) expect(words).toMatch(/the runner on another-host .* works in another one: set CLAVIER_DATA_DIR/);
    expect(paths.filter((path) => existsSync(join(path, 'identity.json')))).toHaveLength(1);
  });

  it('moves to a new folder when nothing is recorded and no other runner is registered; the earlier folder is refused then', async () => {
    const [earlier, later] = [newFolder(), newFolder()];
    await openFolder(earlier);
    await openFolder(later);
    await openFolder(later);
    await expect(openFolder(earlier)).rejects.toThrow(/took another folder since/);
  });

  it('is refused when it cannot be read', async () => {
    const path = newFolder();
    await mkdir(path);
    await writeFile(join(path, 'identity.json'), '{');
    await expect(openFolder(path)).rejects.toThrow(ArtifactFolderError);
  });
});

describe('prune', () => {
  it('keeps the last two steps of an open trial, queued or running', async () => {
    const artifacts = await openFolder(newFolder());
    await addStudy(store);
    const [released, running] = [await claimed(store, runner), await claimed(store, runner)];
    const files = [];
    for (const step of [1, 2, 3]) for (const trial of [released, running]) files.push(await trainStep(artifacts, trial, step));
    await store.queue.release(released);
    expect(await artifacts.prune()).toBe(2);
    expect(files.map((file) => existsSync(file))).toEqual([false, false, true, true, true, true]);
    expect(await checkpointFiles()).toHaveLength(4);
    expect(await artifacts.prune()).toBe(0);
  });

  it("keeps the last step of a study's best 10 for good, and that of the others until there is no room; steps before go at once", async () => {
    const path = newFolder();
    const artifacts = await openFolder(path);
    await addStudy(store, { budget: { trials: 12 } });
    const all: string[][] = [];
    for (let number = 0; number < 12; number += 1) all.push(await complete(artifacts, await claimed(store, runner), number / 100));
    const there = (): boolean[][] => all.map((files) => files.map((file) => existsSync(file)));
    expect(await artifacts.prune()).toBe(12);
    expect(there()).toEqual(Array.from({ length: 12 }, () => [false, true]));
    expect(await artifacts.prune()).toBe(0);
    const full = await openFolder(path, 0);
    expect(await full.prune()).toBe(2);
    expect(there()).toEqual([[false, false], [false, false], ...Array.from({ length: 10 }, () => [false, true])]);
    expect(all.map(([first]) => existsSync(dirname(first ?? '')))).toEqual([false, false, ...Array.from({ length: 10 }, () => true)]);
    expect(await checkpointFiles()).toEqual(
      all
        .slice(2)
        .map(([, last]) => keyOf(last ?? ''))
        .sort(),
    );
  });

  it('keeps, of a study with several metrics, the last steps of the first 10 of its leaderboard and of those that just completed', async () => {
    const artifacts = await openFolder(newFolder(), 0);
    const metrics = [{ name: 'value' }, { name: 'gain' }];
    const study = await addStudy(store, { budget: { trials: 13 }, metrics });
    const completed = async (value: number, gain: number) =>
      (await complete(artifacts, await claimed(store, runner), value, gain))[1] ?? '';
    // The first two are dominated, the others are the front.
    const files = [await completed(100, 0), await completed(99, 0)];
    for (let number = 2; number < 13; number += 1) files.push(await completed(number, 1.5 ** number));
    expect(await artifacts.prune()).toBe(13);
    expect(files.map((file) => existsSync(file))).toEqual(files.map(() => true));
    await store.sql("UPDATE trial SET finished_at = finished_at - interval '10 minutes'");
    expect(await artifacts.prune()).toBe(3);
    // The most crowded of the front goes with those behind it.
    const kept = files.flatMap((file, number) => (existsSync(file) ? [number] : []));
    const leaders = (await store.reader.leaderboard(study, 10)).map(({ number }) => number);
    expect(kept).toEqual(leaders.sort((one, other) => one - other));
    expect(kept).toContain(12);
    expect(await artifacts.prune()).toBe(0);
  });

  it('deletes the oldest first of what only a later reuse might need, no more than it takes', async () => {
    const artifacts = await openFolder(newFolder(), 5);
    await addStudy(store, { retries: { maxAttempts: 1 }, budget: { trials: 6 } });
    const trials: ClaimedTrial[] = [];
    for (let number = 0; number < 6; number += 1) trials.push(await claimed(store, runner));
    const files: string[] = [];
    // The last one is open: however old its checkpoint is, it stays.
    for (const trial of trials) files.push(await trainStep(artifacts, trial, 1));
    for (const trial of trials.slice(0, 5)) await store.queue.fail(trial, { code: 'training-error', message: 'no' });
    await store.sql('UPDATE step_checkpoint SET bytes = 1048576');
    const ages = [30, 50, 10, 40, 20, 60];
    for (const [index, trial] of trials.entries())
      await store.sql(
        `UPDATE step_checkpoint SET created_at = now() - interval '${ages[index]} minutes' WHERE file LIKE '%${trial.trialId}%'`,
      );
    expect(await artifacts.prune()).toBe(1);
    expect(files.map((file) => existsSync(file))).toEqual([true, false, true, true, true, true]);
    await store.sql('UPDATE step_checkpoint SET bytes = 1572864');
    expect(await artifacts.prune()).toBe(2);
    expect(files.map((file) => existsSync(file))).toEqual([false, false, true, false, true, true]);
    expect(await artifacts.prune()).toBe(0);
  });

  it('keeps for reuse what a failed or cancelled trial and a deleted study left, as long as there is room', async () => {
    const path = newFolder();
    const artifacts = await openFolder(path);
    const study = await addStudy(store, { retries: { maxAttempts: 1 }, budget: { trials: 2 } });
    const [failed, cancelled] = [await claimed(store, runner), await claimed(store, runner)];
    for (const trial of [failed, cancelled]) await trainStep(artifacts, trial, 1);
    await store.queue.fail(failed, { code: 'training-error', message: 'no' });
    await store.transactions.transaction((tx) => tx.cancelOpenTrials(study));
    const other = await addStudy(store, { budget: { trials: 1 } });
    const [, last] = await complete(artifacts, await claimed(store, runner), 0.5);
    await store.sql(`DELETE FROM study WHERE id = '${other}'`);
    expect(await artifacts.prune()).toBe(1);
    expect([existsSync(last ?? ''), (await checkpointFiles()).length]).toEqual([true, 3]);
    expect(await (await openFolder(path, 0)).prune()).toBe(3);
    expect(await checkpointFiles()).toEqual([]);
    expect(await storedSteps(store)).toHaveLength(4);
  });

  it('keeps what a waiting trial will go on from: the last step, and the one that it asks for', async () => {
    const artifacts = await openFolder(newFolder(), 0);
    const specification = { searchSpace: [{ type: 'int', name: 'steps', low: 1, high: 5 }] };
    const grid = (...values: number[]) => ({ ...specification, sampler: { type: 'grid', axes: { steps: { values } } }, budget: {} });
    await addStudy(store, grid(5));
    const first = await claimed(store, runner);
    const files: string[] = [];
    for (const step of [1, 2, 3, 4]) files.push(await trainStep(artifacts, first, step));
    await store.queue.fail(first, { code: 'data-unavailable', message: 'no' });
    const waiting = await addStudy(store, grid(2));
    await store.sql(`UPDATE trial SET state = 'failed', finished_at = now() WHERE id = '${first.trialId}'`);
    const there = async (): Promise<boolean[]> => {
      await artifacts.prune();
      return files.map((file) => existsSync(file));
    };
    expect(await there()).toEqual([false, true, false, true]);
    await store.transactions.transaction((tx) => tx.cancelOpenTrials(waiting));
    expect(await there()).toEqual([false, false, false, false]);
  });

  it('passes over files that are gone, and leaves files that nobody recorded', async () => {
    const artifacts = await openFolder(newFolder(), 0);
    await addStudy(store, { retries: { maxAttempts: 1 }, budget: { trials: 2 } });
    const [one, two] = [await claimed(store, runner), await claimed(store, runner)];
    const [gone, kept] = [await trainStep(artifacts, one, 1), await trainStep(artifacts, two, 1)];
    await rm(dirname(gone), { recursive: true });
    await writeFile(join(dirname(kept), '2.ckpt'), 'just written');
    for (const trial of [one, two]) await store.queue.fail(trial, { code: 'training-error', message: 'no' });
    expect(await artifacts.prune()).toBe(2);
    expect(await readdir(dirname(kept))).toEqual(['2.ckpt']);
    expect(await checkpointFiles()).toEqual([]);
  });

  it('leaves a file that was just written, with its record: another trial may be about to record it', async () => {
    const artifacts = await openFolder(newFolder(), 0);
    await addStudy(store, { retries: { maxAttempts: 1 } });
    const trial = await claimed(store, runner);
    const file = await trainStep(artifacts, trial, 1);
    await store.queue.fail(trial, { code: 'training-error', message: 'no' });
    await age(file, 0);
    expect(await artifacts.prune()).toBe(0);
    expect([existsSync(file), await checkpointFiles()]).toEqual([true, [keyOf(file)]]);
    await age(file, 10);
    expect(await artifacts.prune()).toBe(1);
    expect([existsSync(file), await checkpointFiles()]).toEqual([false, []]);
  });

  it('leaves a checkpoint that was recorded again since it was found needless', async () => {
    const artifacts = await openFolder(newFolder(), 0);
    await addStudy(store, { retries: { maxAttempts: 1 } });
    const trial = await claimed(store, runner);
    const file = await trainStep(artifacts, trial, 1);
    await store.queue.fail(trial, { code: 'training-error', message: 'no' });
    const pruned = await store.database.$transaction(
      async (other) => {
        await other.$executeRaw`UPDATE step_checkpoint SET created_at = clock_timestamp()`;
        const pruning = artifacts.prune();
        await waitingForLock(store);
        return { pruning };
      },
      { timeout: 60_000 },
    );
    expect(await pruned.pruning).toBe(0);
    expect([existsSync(file), await checkpointFiles()]).toEqual([true, [keyOf(file)]]);
  });

  it('removes what crashes left: files of an hour ago that no record names, of trainings without an open trial', async () => {
    const artifacts = await openFolder(newFolder());
    await addStudy(store, { budget: { trials: 2 } });
    const [done, open] = [await claimed(store, runner), await claimed(store, runner)];
    const [, recorded] = await complete(artifacts, done, 0.5);
    const ofOpen = await trainStep(artifacts, open, 1);
    const leave = (digest: string, name: string, minutes: number): Promise<string> =>
      putAged(artifacts, join('steps', digest.slice(0, 2), digest, name), minutes);
    const gone = [await leave('aa-lost', '3.ckpt', 61), await leave('aa-lost', '.4.x.tmp', 61), await leave('bb-lost', '1.ckpt', 61)];
    const openDigest = dirname(ofOpen).split('/').at(-1) ?? '';
    const kept = [
      await leave('cc', '3.ckpt', 59),
      await leave('cc', 'notes.txt', 600),
      await leave(openDigest, '2.ckpt', 600),
      recorded ?? '',
    ];
    await age(recorded ?? '', 600);
    const ofBefore = await putAged(artifacts, join('epochs', 'ff', 'ff-lost', '1.ckpt'), 61);
    const emptied = dirname(await putAged(artifacts, join('steps', 'dd', 'dd', '1.ckpt'), 61));
    await rm(join(emptied, '1.ckpt'));
    await age(emptied, 61);
    const begun = dirname(await putAged(artifacts, join('steps', 'ee', 'ee', '1.ckpt'), 1));
    for (let part = 0; part < 10; part += 1) await artifacts.prune();
    expect([...gone, ofBefore].filter((file) => existsSync(file) || existsSync(dirname(file)))).toEqual([]);
    expect(kept.filter((file) => !existsSync(file))).toEqual([]);
    expect([existsSync(emptied), existsSync(begun)]).toEqual([false, true]);
  });

  it('removes scratch folders of an hour ago that no running trial holds', async () => {
    const path = newFolder();
    const artifacts = await openFolder(path);
    await addStudy(store);
    const { token } = await claimed(store, runner);
    const [held, lost, young] = [token, randomUUID(), randomUUID()];
    for (const owner of [held, lost, young]) await writeFile(join(await artifacts.scratch(owner, 'a key'), '1.ckpt'), 'weights');
    for (const owner of [held, lost]) await age(join(path, 'scratch', owner), 61);
    await artifacts.prune();
    expect((await readdir(join(path, 'scratch'))).sort()).toEqual([held, young].sort());
    await artifacts.discardScratch(held);
    expect(await readdir(join(path, 'scratch'))).toEqual([young]);
  });

  it('removes such scratch folders each time, however many folders of trainings there are', async () => {
    const path = newFolder();
    const artifacts = await openFolder(path);
    for (const first of ['aa', 'bb', 'cc']) await putAged(artifacts, join('steps', first, `${first}cd`, '1.ckpt'), 1);
    await rm(join(path, 'scratch'), { recursive: true });
    await artifacts.prune();
    await artifacts.scratch('no token', 'a key');
    await age(join(path, 'scratch', 'no token'), 61);
    await artifacts.prune();
    expect(await readdir(join(path, 'scratch'))).toEqual([]);
  });

  it('moves a file from its scratch folder to its key, in place of one that is there', async () => {
    const path = newFolder();
    const artifacts = await openFolder(path);
    const key = join('steps', 'ab', 'abcdef', '1.ckpt');
    for (const words of ['one', 'two']) {
      const file = join(await artifacts.scratch('a token', 'abcdef'), '1.ckpt');
      await writeFile(file, words);
      await artifacts.put(key, file);
      expect([existsSync(file), await readFile(await artifacts.get(key), 'utf8')]).toEqual([false, words]);
    }
    expect(await artifacts.get(key)).toBe(join(path, key));
  });
});

describe('a file that is removed unless it is young', () => {
  it('is put back with nothing beside it when it is young, gone when it is old, and may be missing', async () => {
    const path = newFolder();
    await mkdir(path);
    const [young, old] = [join(path, '1.ckpt'), join(path, '2.ckpt')];
    for (const file of [young, old]) await writeFile(file, 'weights');
    await age(old, 10);
    for (const file of [young, old, join(path, '3.ckpt')]) await removeUnlessYoung(file, 60_000);
    expect(await readdir(path)).toEqual(['1.ckpt']);
    expect(await readFile(young, 'utf8')).toBe('weights');
  });
});
