import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAddress } from '../../src/store/database/address.ts';
import { openDatabase } from '../../src/store/database/database.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { moveStudy } from '../../src/studies/actions/life-cycle.ts';
import type { TrialQueue } from '../../src/studies/ports/queue.ts';
import { endLeases, storedRunners, storedTrial } from '../store/inspect.ts';
import { addStudy } from '../store/study-fixture.ts';
import { eventually } from '../support/eventually.ts';
import { type Bench, openBench, programs } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench[Symbol.asyncDispose]());

/** Trials of exactly three steps. */
const threeSteps = {
  searchSpace: [{ type: 'float', name: 'learningRate', low: 0.001, high: 0.1 }],
  objective: { type: 'test-function', function: 'lstm-landscape', steps: 3 },
};
const oneTrial = { ...threeSteps, budget: { trials: 1 }, retries: { maxAttempts: 2 } };

const trialOf = (study: string, number = 0) => storedTrial(bench.store, study, number);
const ended = (study: string) =>
  eventually(async () => {
    const found = await bench.store.reader.study(study);
    expect(found?.endedAt).not.toBeNull();
    return found;
  });
const becomes = (study: string, facts: object) => eventually(async () => expect(await trialOf(study)).toMatchObject(facts));
const told = (facts: object) => eventually(async () => expect(await bench.trainerLog()).toContainEqual(expect.objectContaining(facts)));
/** A runner whose queue differs in some methods. */
const withQueue = (change: (queue: TrialQueue) => Partial<TrialQueue>) => ({
  world: (world: Parameters<NonNullable<NonNullable<Parameters<Bench['start']>[0]>['world']>>[0]) => ({
    ...world,
    queue: { ...world.queue, ...change(world.queue) },
  }),
});

describe('a runner', () => {
  it('trains the queued trials to the end, as many at once as it has slots', async () => {
    const study = await addStudy(bench.store, { ...threeSteps, budget: { trials: 6 } });
    await bench.behave('hold', 2);
    await bench.start({ settings: { slots: 2 } });
    await eventually(async () => expect(await bench.store.reader.trialCounts(study)).toMatchObject({ running: 2, queued: 4 }));
    await bench.release();
    expect(await ended(study)).toMatchObject({ state: 'completed', outcome: { reason: 'budget' } });
    const trials = (await bench.store.reader.trials({ studyId: study, limit: 10 })).items;
    expect(trials.map((trial) => [trial.state, trial.stepsDone, trial.attempts])).toEqual(
      Array.from({ length: 6 }, () => ['completed', 3, 1]),
    );
    expect(new Set((await bench.trainerLog()).map((line) => line.pid)).size).toBe(2);
    expect(bench.lines).toEqual([]);
  });

  it('charges an attempt whose trainer dies, tries again, and fails the trial when its attempts are used up', async () => {
    await bench.behave('crash', 2);
    const study = await addStudy(bench.store, oneTrial);
    await bench.start();
    expect(await ended(study)).toMatchObject({ state: 'failed', outcome: { reason: 'all-trials-failed' } });
    expect(await trialOf(study)).toMatchObject({
      state: 'failed',
      failures: 2,
      attempts: 2,
      stepsDone: 1,
      error: { code: 'trainer-crashed', message: expect.stringMatching(/exit code 7.*something broke/) },
    });
    const [first, second] = (await bench.trainerLog()).filter((line) => line.train);
    expect(first?.pid).not.toBe(second?.pid);
    expect(second?.resumeFrom?.map((checkpoint) => checkpoint.step)).toEqual([1]);
  });

  it.each([
    ['grow', 'out-of-memory', {}],
    ['silent', 'stalled', { stallSeconds: 0.2 }],
    ['fail', 'training-error', {}],
  ])('ends a trainer that does this: %s, and charges the attempt as %s', async (kind, code, settings) => {
    await bench.behave(kind, 2);
    const study = await addStudy(bench.store, { ...oneTrial, retries: { maxAttempts: 1 } });
    await bench.start({ settings });
    await ended(study);
    expect(await trialOf(study)).toMatchObject({ state: 'failed', failures: 1, error: { code } });
  });

  it('keeps a trial that its trainer completed and then died of', async () => {
    await bench.behave('vanish', 3);
    const study = await addStudy(bench.store, oneTrial);
    await bench.start();
    await ended(study);
    expect(await trialOf(study)).toMatchObject({ state: 'completed', failures: 0, stepsDone: 3 });
  });

  it('continues from the recorded steps, the latest first, and from none of another trainer version', async () => {
    await bench.behave('crash', 3, 'hold');
    const study = await addStudy(bench.store, { ...oneTrial, retries: { maxAttempts: 2 } });
    const first = await bench.start();
    const requests = await eventually(async () => {
      const sent = (await bench.trainerLog()).filter((line) => line.train);
      expect(sent).toHaveLength(2);
      return sent;
    });
    await first.drain({ now: true });
    expect(requests[1]?.resumeFrom?.map((checkpoint) => checkpoint.step)).toEqual([2, 1]);
    expect(requests[1]?.resumeFrom?.[0]?.file.startsWith(join(bench.folder, 'artifacts', 'steps'))).toBe(true);
    for (const table of ['trial', 'step_result', 'step_checkpoint'])
      await bench.store.sql(`UPDATE ${table} SET result_key = 'of another TensorFlow'`);
    await bench.behave('train');
    await bench.start();
    await ended(study);
    expect((await bench.trainerLog()).filter((line) => line.train).at(-1)?.resumeFrom).toEqual([]);
    expect(await trialOf(study)).toMatchObject({ state: 'completed', stepsDone: 3 });
  });
});

describe('drain', () => {
  it('finishes the step, records it, puts the trial back uncharged and unregisters the runner', async () => {
    await bench.behave('hold', 2);
    const study = await addStudy(bench.store, threeSteps);
    const runner = await bench.start();
    await becomes(study, { stepsDone: 1 });
    const drained = runner.drain();
    await told({ stop: 'drain' });
    await bench.release();
    await drained;
    expect(await trialOf(study)).toMatchObject({ state: 'queued', stepsDone: 2, failures: 0, leaseExpiries: 0, leaseToken: null });
    expect(await storedRunners(bench.store)).toEqual([]);
    expect(runner.busy()).toBe(0);
  });

  it('asked a second time, now, puts the trial back at once', async () => {
    await bench.behave('hold', 2);
    const study = await addStudy(bench.store, threeSteps);
    const runner = await bench.start();
    await becomes(study, { stepsDone: 1 });
    const drained = runner.drain();
    await runner.drain({ now: true });
    await drained;
    expect(await trialOf(study)).toMatchObject({ state: 'queued', stepsDone: 1, failures: 0, leaseExpiries: 0 });
  });

  it('does not wait for a dataset that is being prepared, and ends its preparation', async () => {
    await writeFile(join(bench.folder, 'dataset-behaviour'), 'hang');
    const study = await addStudy(bench.store, oneTrial);
    const runner = await bench.start();
    const pidFile = join(bench.folder, 'prepare-pid');
    await eventually(() => existsSync(pidFile), { until: 'the preparation has begun' });
    const pid = await eventually(async () => {
      const written = Number(await readFile(pidFile, 'utf8'));
      expect(written).toBeGreaterThan(0);
      return written;
    });
    await becomes(study, { state: 'running' });
    await runner.drain();
    expect(await trialOf(study)).toMatchObject({ state: 'queued', failures: 0 });
    await eventually(() => expect(() => process.kill(pid, 0)).toThrow());
  });
});

describe('a training whose study or lease changes', () => {
  it('goes back to the queue with its steps when the study is paused', async () => {
    await bench.behave('hold', 2);
    const study = await addStudy(bench.store, { ...threeSteps, budget: { trials: 1 } });
    await bench.start();
    await becomes(study, { stepsDone: 1 });
    await moveStudy(bench.store.transactions, study, 'pause');
    await told({ stop: 'pause' });
    await bench.release();
    await becomes(study, { state: 'queued', stepsDone: 2, failures: 0 });
    await moveStudy(bench.store.transactions, study, 'resume');
    await ended(study);
    expect(await trialOf(study)).toMatchObject({ state: 'completed', attempts: 2 });
  });

  it('is stopped now when the study is cancelled, and the slot goes on with another', async () => {
    await bench.behave('hold', 2);
    const study = await addStudy(bench.store, { ...threeSteps, budget: { trials: 1 } });
    await bench.start();
    await becomes(study, { stepsDone: 1 });
    await bench.behave('train');
    await moveStudy(bench.store.transactions, study, 'cancel');
    await told({ stop: 'abandon' });
    const next = await addStudy(bench.store, oneTrial);
    expect(await ended(next)).toMatchObject({ state: 'completed' });
    expect(await trialOf(study)).toMatchObject({ state: 'cancelled', stepsDone: 1 });
  });

  it('is dropped without a trace when another runner holds the trial', async () => {
    await bench.behave('hold', 2);
    const study = await addStudy(bench.store, { ...threeSteps, budget: { trials: 1 } });
    await bench.start();
    await becomes(study, { stepsDone: 1 });
    const [token, runner] = [randomUUID(), randomUUID()];
    await bench.behave('train');
    await bench.store.sql(`UPDATE trial SET lease_token = '${token}', lease_runner = '${runner}'`);
    await told({ stop: 'abandon' });
    expect(await ended(await addStudy(bench.store, { ...oneTrial, objectiveSeed: 8 }))).toMatchObject({ state: 'completed' });
    expect(await trialOf(study)).toMatchObject({ state: 'running', leaseToken: token, stepsDone: 1, failures: 0 });
    expect(bench.lines).toEqual([]);
  });
});

describe('the sweep of a runner', () => {
  it('moves on what others left behind, past a study that cannot be moved', async () => {
    const broken = await addStudy(bench.store, threeSteps);
    await bench.store.sql(`UPDATE trial SET state = 'cancelled', finished_at = now() WHERE study_id = '${broken}'`);
    await bench.store.sql(`UPDATE study SET spec = '{}' WHERE id = '${broken}'`);
    const left = await addStudy(bench.store, { ...oneTrial, sampler: { type: 'grid', axes: { learningRate: { values: [0.01] } } } });
    await bench.store.sql(`UPDATE trial SET state = 'completed', value = 0.5, score = 0.5, finished_at = now() WHERE study_id = '${left}'`);
    await bench.start();
    expect(await ended(left)).toMatchObject({ state: 'completed' });
    expect(bench.lines.join()).toContain('a study could not be moved on');
  });

  it('passes over a study whose row somebody holds, each time, and goes on with the others', async () => {
    const [held, left] = [await addStudy(bench.store, threeSteps), await addStudy(bench.store, threeSteps)];
    await bench.store.sql('UPDATE trial SET state = \'failed\', error = \'{"code": "stalled", "message": ""}\', finished_at = now()');
    await using impatient = openDatabase({ address: readAddress(bench.store.url), connections: 2, statementSeconds: 0.1 });
    await bench.store.database.$transaction(async (tx) => {
      await tx.$queryRawUnsafe(`SELECT 1 FROM study WHERE id = '${held}' FOR UPDATE`);
      await bench.start({ world: (world) => ({ ...world, transactions: databaseTransactions(impatient) }) });
      await ended(left);
    });
    await ended(held);
    expect(bench.said.join()).toContain('a study could not be moved on');
  });

  it('puts back the trials of a runner that stopped renewing its leases', async () => {
    const study = await addStudy(bench.store, oneTrial);
    await bench.store.queue.claim(randomUUID(), 0.001);
    await bench.start({ settings: { leaseSeconds: 0.5 } });
    await ended(study);
    expect(await trialOf(study)).toMatchObject({ state: 'completed', attempts: 2, leaseExpiries: 0, failures: 0 });
  });
});

describe('what a runner lacks', () => {
  it('TensorFlow: the study fails at once with what is missing', async () => {
    const study = await addStudy(bench.store, threeSteps);
    await bench.start({ settings: { entryPoint: programs('missing-trainer.mjs') } });
    expect(await ended(study)).toMatchObject({
      state: 'failed',
      outcome: { reason: 'trainer-unavailable', detail: 'TensorFlow is missing: run npm run setup' },
    });
  });

  it('TensorFlow on one runner: it leaves the trials to another that can train', async () => {
    const study = await addStudy(bench.store, oneTrial);
    await bench.behave('hold', 2);
    await bench.start();
    await becomes(study, { state: 'running' });
    const second = await addStudy(bench.store, { ...oneTrial, objectiveSeed: 8 });
    await bench.start({ settings: { slots: 1, entryPoint: programs('missing-trainer.mjs') } });
    await eventually(() => expect(bench.lines.join()).toContain('this runner leaves test-function to the others'));
    await bench.release();
    expect(await ended(study)).toMatchObject({ state: 'completed' });
    expect(await ended(second)).toMatchObject({ state: 'completed' });
    expect(await trialOf(second)).toMatchObject({ failures: 0 });
  });

  it('a trainer that dies before it is ready: another one is started, and the trial is not charged', async () => {
    const failedStarts = join(bench.folder, 'failed-starts');
    await writeFile(failedStarts, '2');
    process.env.FAILED_STARTS_FILE = failedStarts;
    const study = await addStudy(bench.store, oneTrial);
    await bench.start({ settings: { slots: 1, entryPoint: programs('dying-trainer.mjs') } });
    expect(await ended(study)).toMatchObject({ state: 'completed' });
    expect(await trialOf(study)).toMatchObject({ failures: 0, attempts: 3 });
    expect(await readFile(failedStarts, 'utf8')).toBe('0');
  });

  it('the database, for a few heartbeats: the training goes on', async () => {
    await bench.behave('hold', 2);
    const study = await addStudy(bench.store, oneTrial);
    let refused = 0;
    await bench.start(
      withQueue((queue) => ({
        heartbeat: (...args) => {
          if (args[0].length === 0 || refused === 3) return queue.heartbeat(...args);
          refused += 1;
          return Promise.reject(new Error('connection refused'));
        },
      })),
    );
    await eventually(() => expect(bench.lines.filter((line) => line.includes('connection refused'))).toHaveLength(3));
    await bench.release();
    await ended(study);
    expect(await trialOf(study)).toMatchObject({ state: 'completed', attempts: 1, failures: 0 });
  });

  it('the database, while a step is recorded and its trainer dies: the runner lives, and the trial is put back later', async () => {
    await bench.behave('vanish', 2);
    const study = await addStudy(bench.store, oneTrial);
    let lost = false;
    await bench.start(
      withQueue((queue) => ({
        recordStep: async (lease, record) => {
          if (record.step !== 2 || lost) return queue.recordStep(lease, record);
          lost = true;
          const pid = (await bench.trainerLog()).at(-1)?.pid ?? 0;
          await eventually(() => expect(() => process.kill(pid, 0)).toThrow());
          throw new Error('connection reset');
        },
      })),
    );
    await eventually(() => expect(bench.lines.join()).toContain('connection reset'));
    await bench.behave('train');
    await endLeases(bench.store);
    await bench.store.queue.expireLeases(0.001);
    await ended(study);
    expect(await trialOf(study)).toMatchObject({ state: 'completed', failures: 0, leaseExpiries: 0 });
  });
});
