import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunnerWorld } from '../../src/runner/ports.ts';
import { checkpointNumbers, endLeases, storedCheckpoints, storedTrial } from '../store/inspect.ts';
import { addStudy, claimed, sampleEnvironment, stepRecord, valuesOf } from '../store/study-fixture.ts';
import { eventually } from '../support/eventually.ts';
import { type Bench, openBench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench[Symbol.asyncDispose]());

/** One trial of so many steps. */
const oneTrial = (steps: number, more: object = {}) => ({
  searchSpace: [{ type: 'float', name: 'learningRate', low: 0.001, high: 0.1 }],
  sampler: { type: 'list', points: [{ learningRate: 0.01 }] },
  objective: { type: 'test-function', function: 'lstm-landscape', steps },
  budget: { trials: 1 },
  ...more,
});
/** A runner that never hears of its leases: they are renewed by nobody, and taken by nobody. */
const deaf = { settings: { heartbeatSeconds: 3600, sweepSeconds: 3600 } };

const trialOf = (study: string) => storedTrial(bench.store, study);
const becomes = (study: string, facts: object) => eventually(async () => expect(await trialOf(study)).toMatchObject(facts));
const ended = (study: string) =>
  eventually(async () => {
    const found = await bench.store.reader.study(study);
    expect(found?.endedAt).not.toBeNull();
    return found;
  });
const incidentsOf = async (study: string) => bench.store.reader.incidents(String((await trialOf(study))?.['id']));
const trained = async () => (await bench.trainerLog()).flatMap((line) => line.trained ?? []);
const requests = async () => (await bench.trainerLog()).filter((line) => line.train);
const resumes = async () => (await requests()).map((line) => line.resumeFrom?.map(({ step }) => step));

describe('an attempt that trains for longer than its study allows', () => {
  it('is stopped and charged as timeout; the next goes on from the last step', async () => {
    await bench.behave('hold', 2, 'train');
    const study = await addStudy(bench.store, oneTrial(3, { timeoutSeconds: 0.5 }));
    await bench.start();
    await becomes(study, { failures: 1 });
    expect(await ended(study)).toMatchObject({ state: 'completed' });
    expect(await trialOf(study)).toMatchObject({ state: 'completed', attempts: 2, failures: 1, stepsDone: 3, stepsTrained: 3 });
    expect(await resumes()).toEqual([[], [1]]);
    expect(new Set((await requests()).map((line) => line.pid)).size).toBe(2);
    expect(bench.said.join()).toContain('longer than 0.5 s (timeoutSeconds)');
  });

  it.each([
    ['timeout', { timeoutSeconds: 2.5 }, {}],
    ['silence', {}, { stallSeconds: 2.5 }],
  ])('is not one whose runner stood still meanwhile (%s)', async (_what, limit, settings) => {
    await bench.behave('hold', 2);
    const study = await addStudy(bench.store, oneTrial(3, limit));
    await bench.start({ settings });
    await becomes(study, { stepsDone: 1 });
    // As a process that is stopped, or frozen with its container: nothing of it runs, and the clock does.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
    await bench.release();
    expect(await ended(study)).toMatchObject({ state: 'completed' });
    expect(await trialOf(study)).toMatchObject({ attempts: 1, failures: 0, stepsTrained: 3 });
  });

  it('fails its trial at once where the retries of the study do not name timeout', async () => {
    await bench.behave('hold', 2);
    const retries = { maxAttempts: 5, on: ['crash', 'error'] };
    const study = await addStudy(bench.store, oneTrial(3, { timeoutSeconds: 0.5, retries }));
    await bench.start();
    expect(await ended(study)).toMatchObject({ state: 'failed', outcome: { reason: 'all-trials-failed' } });
    expect(await trialOf(study)).toMatchObject({ state: 'failed', attempts: 1, failures: 1, error: { code: 'timeout' } });
  });
});

describe('a disk that is full', () => {
  it('costs the step checkpoint, not the training, and the trial says so', async () => {
    await bench.behave('full', 2);
    const study = await addStudy(bench.store, oneTrial(3));
    await bench.start();
    expect(await ended(study)).toMatchObject({ state: 'completed' });
    expect(await trialOf(study)).toMatchObject({ attempts: 1, failures: 0, stepsDone: 3, stepsTrained: 3 });
    expect(await incidentsOf(study)).toEqual([{ kind: 'checkpoint-skipped', step: 2, detail: expect.stringContaining('ENOSPC') }]);
    expect(await checkpointNumbers(bench.store)).toEqual([1, 3]);
  });

  it('after a completion too: the last step needs no checkpoint', async () => {
    await bench.behave('full', 3);
    const study = await addStudy(bench.store, oneTrial(3));
    await bench.start();
    expect(await ended(study)).toMatchObject({ state: 'completed' });
    expect(await incidentsOf(study)).toMatchObject([{ kind: 'checkpoint-skipped', step: 3 }]);
  });
});

describe('weights that are broken on the disk', () => {
  it('are found by their digest and trained again, to the same result, and the trial says so', async () => {
    const undisturbed = await addStudy(bench.store, oneTrial(4));
    const runner = await bench.start();
    await ended(undisturbed);
    const value = (await trialOf(undisturbed))?.['value'];
    const last = (await storedCheckpoints(bench.store)).find(({ step }) => step === 4);
    await bench.store.sql('DELETE FROM step_result WHERE step = 4');
    await writeFile(join(bench.folder, 'artifacts', String(last?.['file'])), 'rot');
    const third = (await storedCheckpoints(bench.store)).find(({ step }) => step === 3);
    await writeFile(join(bench.folder, 'artifacts', String(third?.['file'])), 'rot');
    const study = await addStudy(bench.store, oneTrial(4));
    await ended(study);
    await runner.drain();
    expect(await resumes()).toEqual([[], [3, 2, 1]]);
    expect(await trained()).toEqual([1, 2, 3, 4, 3, 4]);
    expect(await trialOf(study)).toMatchObject({ value, attempts: 1, failures: 0, stepsTrained: 2 });
    expect(await incidentsOf(study)).toEqual([
      { kind: 'checkpoint-broken', step: 3, detail: expect.stringContaining('its bytes are not those that were written') },
    ]);
  });

  it('where all are broken, it is trained from the start, and the steps count from there', async () => {
    await bench.behave('crash', 3, 'hold');
    const study = await addStudy(bench.store, oneTrial(3));
    const runner = await bench.start();
    await eventually(async () => expect(await requests()).toHaveLength(2));
    await runner.drain({ now: true });
    for (const { file } of await storedCheckpoints(bench.store)) await writeFile(join(bench.folder, 'artifacts', String(file)), 'rot');
    await bench.behave('hold', 2);
    await bench.start();
    await becomes(study, { state: 'running', stepsDone: 1 });
    await bench.release();
    await ended(study);
    expect(await trained()).toEqual([1, 2, 1, 2, 3]);
    expect((await incidentsOf(study)).map(({ kind, step }) => [kind, step])).toEqual([
      ['checkpoint-broken', 1],
      ['checkpoint-broken', 2],
    ]);
  });
});

describe('a result that comes late', () => {
  /** The runner's trial, whose lease ended meanwhile, while its trainer is in its last step. */
  const lateRunner = async () => {
    await bench.behave('hold', 3);
    const study = await addStudy(bench.store, oneTrial(3));
    await bench.start(deaf);
    await becomes(study, { stepsDone: 2 });
    await endLeases(bench.store);
    await bench.store.queue.expireLeases(0.001);
    await becomes(study, { state: 'queued' });
    return study;
  };

  it('settles the trial where it is still open, and moves the study on', async () => {
    const study = await lateRunner();
    await bench.release();
    expect(await ended(study)).toMatchObject({ state: 'completed' });
    expect(await trialOf(study)).toMatchObject({ state: 'completed', attempts: 1, failures: 0, stepsDone: 3, stepsTrained: 3 });
    expect(await incidentsOf(study)).toMatchObject([{ kind: 'late-result' }]);
    expect(await trained()).toEqual([1, 2, 3]);
  });

  it('is a conflict where another settled it: that is said, and nothing of the trial changes', async () => {
    const study = await lateRunner();
    const [{ resultKey } = {}] = [await trialOf(study)];
    await settleElsewhere(bench.store, 'another digest');
    const before = await trialOf(study);
    expect(before).toMatchObject({ state: 'completed' });
    await bench.release();
    await eventually(() => expect(bench.said.join()).toContain('settled by another'));
    expect(await trialOf(study)).toEqual(before);
    expect(await bench.store.sql(`SELECT step FROM step_result WHERE result_key = '${resultKey}' ORDER BY step`)).toHaveLength(3);
    expect(bench.lines).toEqual([]);
  });

  /** What a runner on another processor does with the trial. */
  async function settleElsewhere({ queue, continuation }: Pick<RunnerWorld, 'queue' | 'continuation'>, resultKey: string): Promise<void> {
    const lease = await claimed(bench.store, '00000000-0000-7000-8000-000000000000');
    await continuation.begin(lease, { resultKey, steps: 3, environment: sampleEnvironment });
    await continuation.adopt(lease, 0);
    for (const step of [1, 2]) await queue.recordStep(lease, stepRecord(step, valuesOf(0.4), resultKey));
    await queue.complete(lease, stepRecord(3, valuesOf(0.4), resultKey), false);
  }
});

describe('what was begun with another version of the objective', () => {
  it('is left to runners that have it, which is said, while other studies go on', async () => {
    const study = await addStudy(bench.store, oneTrial(3));
    await bench.store.sql('UPDATE study SET objective_version = 999');
    await bench.store.sql('UPDATE trial SET objective_version = 999');
    const other = await addStudy(bench.store, { ...oneTrial(1), objectiveSeed: 8 });
    await bench.start();
    await ended(other);
    const words = 'no living runner can evaluate test-function version 999: the trials of its studies wait';
    await eventually(() => expect(bench.said).toContain(words));
    expect(await bench.store.reader.study(study)).toMatchObject({ state: 'active', outcome: null });
    expect(await trialOf(study)).toMatchObject({ state: 'queued', attempts: 0, failures: 0, leaseExpiries: 0, stepsDone: 0 });
  });
});

it('where a training ran is kept with its digest', async () => {
  const study = await addStudy(bench.store, oneTrial(1));
  await bench.start();
  await ended(study);
  const [found] = await bench.store.reader.environments(study);
  expect(found).toEqual({
    trials: 1,
    environment: {
      clavier: '1.2.3',
      trainerVersion: expect.any(Number),
      node: process.versions.node,
      tensorflow: '0.0.0-fake',
      processor: expect.stringContaining(process.arch),
      dataset: 'dd',
    },
  });
});
