import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Capability } from '../../src/objectives/contract.ts';
import { capabilities } from '../../src/objectives/table.ts';
import { nextTrial } from '../../src/store/queue/waiting-trials.ts';
import type { TrialError } from '../../src/studies/model/failure.ts';
import { checkpointNumbers, endLeases, fillWithTrials, setStudyState, storedTrialById, storedTrials } from './inspect.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, stepRecord, valuesOf } from './study-fixture.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();
const crashed: TrialError = { code: 'trainer-crashed', message: 'it crashed' };
const wide = { budget: { trials: 200 }, parallelism: 200 };
const single = { budget: { trials: 1 } };
const trialRow = (id: string) => storedTrialById(store, id);
/** Ends a lease by the database's clock. */
const endAllLeases = () => endLeases(store);
/** A lease that every server which answers has outlived. */
const shortLease = 0.001;

describe('claim', () => {
  it('takes the oldest trial first, of whichever study', async () => {
    const first = await addStudy(store);
    const second = await addStudy(store, { objectiveSeed: 8 });
    const order = [];
    for (let trial = await store.queue.claim(runner, 60); trial; trial = await store.queue.claim(runner, 60))
      order.push([trial.studyId, trial.number]);
    expect(order).toEqual([first, second].flatMap((study) => [0, 1, 2, 3, 4].map((number) => [study, number])));
  });

  it('takes only what the claimer can evaluate, of all projects in turn, the higher priority first and then the oldest', async () => {
    await addStudy(store);
    await store.sql(`
      UPDATE trial SET objective_name = CASE WHEN number IN (0, 3) THEN 'another' ELSE objective_name END,
        objective_version = CASE WHEN number = 4 THEN 2 ELSE 1 END, project = CASE WHEN number IN (2, 3) THEN 'theirs' ELSE project END,
        priority = CASE WHEN number = 3 THEN 5 ELSE 0 END`);
    const [known, another] = ['test-function', 'another'].map((name) => ({ name, version: 1 }));
    if (!known || !another) throw new Error('two capabilities');
    const order = async (able: readonly Capability[]): Promise<number[]> => {
      const numbers: number[] = [];
      for (;;) {
        const trial = await store.queue.claim(runner, 60, randomUUID(), able);
        if (!trial) break;
        numbers.push(trial.number);
      }
      await store.sql("UPDATE trial SET state = 'queued', lease_token = NULL, lease_until = NULL, lease_runner = NULL");
      return numbers;
    };
    expect(await order([])).toEqual([]);
    expect((await order([known])).sort()).toEqual([1, 2]);
    const both = await order([another, known]);
    expect(both.filter((number) => number < 2)).toEqual([0, 1]);
    expect(both.filter((number) => number === 2 || number === 3)).toEqual([3, 2]);
    expect(both.slice(0, 2).sort()).toEqual([0, 3]);
    expect(await order([{ ...known, version: 2 }])).toEqual([4]);
  });

  it('takes trials that a client enqueued before suggestions of their priority, of all studies, the oldest first', async () => {
    const [first, second] = [await addStudy(store), await addStudy(store, { objectiveSeed: 8 })];
    await store.sql(`UPDATE trial SET given = 'enqueued', index = NULL WHERE number IN (3, 4)`);
    await store.sql(`UPDATE trial SET priority = 5 WHERE study_id = '${second}' AND number = 2`);
    const order = [];
    for (let trial = await store.queue.claim(runner, 60); trial; trial = await store.queue.claim(runner, 60))
      order.push([trial.studyId, trial.number]);
    const enqueued = [first, second].flatMap((study) => [3, 4].map((number) => [study, number]));
    const suggested = [...[0, 1, 2].map((number) => [first, number]), ...[0, 1].map((number) => [second, number])];
    expect(order).toEqual([[second, 2], ...enqueued, ...suggested]);
  });

  it('locks the trial that it takes, and none of another objective or project', async () => {
    await addStudy(store);
    await store.sql("UPDATE trial SET project = 'theirs' WHERE number > 1");
    await store.database.$transaction(async (tx) => {
      const taken = await tx.$queryRaw<{ id: string }[]>`${nextTrial(capabilities)}`;
      expect(taken).toHaveLength(1);
      const free = await store.sql('SELECT id FROM trial FOR UPDATE SKIP LOCKED');
      const all = await store.sql('SELECT id FROM trial');
      expect(free.length).toBe(4);
      expect(all.filter(({ id }) => !free.some((row) => row['id'] === id))).toEqual([{ id: taken[0]?.id }]);
    });
  });

  it('takes a trial of another project where others hold all of the first', async () => {
    await addStudy(store);
    await store.sql("UPDATE trial SET project = 'theirs' WHERE number > 1");
    await store.database.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM trial WHERE number < 2 FOR UPDATE`;
      expect((await claimed(store, runner)).number).toBe(2);
    });
  });

  it('gives the job that was stored with the trial, and not the definition', async () => {
    await addStudy(store, { timeoutSeconds: 90 });
    const payload = { words: 'of the objective' };
    await store.sql(`
      UPDATE trial SET payload = '${JSON.stringify(payload)}', steps_wanted = 4, exclusion_key = 'a key', evaluate = true WHERE number = 0`);
    const trial = await claimed(store, runner);
    expect(trial).toMatchObject({
      objective: { name: 'test-function', version: 1 },
      job: { payload, steps: 4, exclusionKey: 'a key', evaluate: true },
      timeoutSeconds: 90,
    });
    expect(Object.keys(trial)).not.toContain('spec');
  });

  it('makes the job of a trial that was queued by a version which stored none', async () => {
    await addStudy(store);
    const [queued] = await store.sql('SELECT payload, steps_wanted, exclusion_key FROM trial WHERE number = 0');
    await store.sql('UPDATE trial SET payload = NULL, steps_wanted = NULL, exclusion_key = NULL');
    const { job, timeoutSeconds } = await claimed(store, runner);
    expect({ payload: job.payload, steps_wanted: job.steps, exclusion_key: job.exclusionKey }).toEqual(queued);
    expect({ evaluate: job.evaluate, timeoutSeconds }).toEqual({ evaluate: false, timeoutSeconds: null });
  });

  it('gives 8 concurrent claimers each of 200 trials once', async () => {
    await addStudy(store, wide);
    const takeAll = async (): Promise<string[]> => {
      const ids: string[] = [];
      for (let trial = await store.queue.claim(runner, 60); trial; trial = await store.queue.claim(runner, 60)) ids.push(trial.trialId);
      return ids;
    };
    const taken = (await Promise.all(Array.from({ length: 8 }, takeAll))).flat();
    expect(new Set(taken).size).toBe(200);
    expect(taken).toHaveLength(200);
  });

  it('passes over a trial that another transaction holds, without waiting for it', async () => {
    await addStudy(store);
    await store.database.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM trial WHERE number = 0 FOR UPDATE`;
      expect((await claimed(store, runner)).number).toBe(1);
    });
    expect((await claimed(store, runner)).number).toBe(0);
  });

  it('takes trials of active studies only', async () => {
    const [paused, ended] = [await addStudy(store), await addStudy(store)];
    await setStudyState(store, 'paused', paused);
    await store.sql(`UPDATE study SET state = 'failed', ended_at = now() WHERE id = '${ended}'`);
    expect(await store.queue.claim(runner, 60)).toBeNull();
  });

  it('gives a lease that ends after its seconds by the clock of the database', async () => {
    await addStudy(store);
    const { trialId, token } = await claimed(store, runner, 100);
    const [row] = await store.sql(
      `SELECT lease_until BETWEEN now() + interval '90 s' AND now() + interval '101 s' AS ok, lease_token, lease_runner, attempts FROM trial WHERE id = '${trialId}'`,
    );
    expect(row).toEqual({ ok: true, lease_token: token, lease_runner: runner, attempts: 1 });
  });

  it('reads its indexes, with 10,000 finished trials beside 2,000 queued ones', async () => {
    const study = await addStudy(store);
    await fillWithTrials(store, study, 10_000);
    await fillWithTrials(store, study, 2000, 'queued');
    await store.sql("UPDATE trial SET given = 'enqueued' WHERE state = 'queued' AND number % 10 = 0");
    const plan = JSON.stringify(await store.database.$queryRaw`EXPLAIN ${nextTrial(capabilities)}`);
    expect(plan.match(/Index Scan using trial_queue on trial/g)).toHaveLength(2);
    expect(plan).toMatch(/Index Only Scan using trial_exclusion_running on trial/);
    expect(plan).toMatch(/Index (Only )?Scan (using|on) trial_exclusion_queued/);
    expect(plan).not.toContain('Seq Scan on trial');
  });
});

describe('heartbeat', () => {
  it('renews the leases whose token is right, and only those', async () => {
    await addStudy(store);
    const [mine, other] = [await claimed(store, runner), await claimed(store, runner)];
    await endAllLeases();
    const wrong = { trialId: other.trialId, token: randomUUID() };
    const directives = await store.queue.heartbeat([mine, wrong], 60);
    expect([directives.get(mine.token), directives.get(wrong.token)]).toEqual(['continue', 'abandon']);
    expect(await store.sql('SELECT number FROM trial WHERE lease_until > now()')).toEqual([{ number: 0 }]);
  });

  it('says pause while the study is paused and abandon once the trial is cancelled', async () => {
    const study = await addStudy(store);
    const trial = await claimed(store, runner);
    await setStudyState(store, 'paused');
    expect((await store.queue.heartbeat([trial], 60)).get(trial.token)).toBe('pause');
    await store.transactions.transaction((tx) => tx.cancelOpenTrials(study));
    expect((await store.queue.heartbeat([trial], 60)).get(trial.token)).toBe('abandon');
    expect((await store.queue.heartbeat([], 60)).size).toBe(0);
  });
});

describe('a lost token', () => {
  it('changes nothing of its trial but what a step is worth to whoever goes on', async () => {
    await addStudy(store);
    const lost = { ...(await claimed(store, runner)), token: randomUUID() };
    const before = await store.everything();
    expect(await store.queue.fail(lost, crashed)).toEqual({ kind: 'lease-lost' });
    expect(await store.continuation.adopt(lost, 1, [{ kind: 'checkpoint-broken', step: 1, detail: 'its bytes are others' }])).toBe(
      'abandon',
    );
    await store.queue.release(lost);
    expect(await store.everything()).toEqual(before);
    const trial = await trialRow(lost.trialId);
    expect(await store.queue.recordStep(lost, stepRecord(1))).toBe('abandon');
    expect(await trialRow(lost.trialId)).toEqual({ ...trial, stepsTrained: 1 });
    expect(await store.reader.measurements(lost.trialId)).toEqual([]);
  });
});

describe('expireLeases', () => {
  it('puts back the trials whose leases ended and leaves the living ones', async () => {
    const study = await addStudy(store);
    const dead = await claimed(store, runner);
    await endAllLeases();
    const alive = await claimed(store, runner);
    expect(await store.queue.expireLeases(shortLease)).toEqual([study]);
    expect(await trialRow(dead.trialId)).toMatchObject({ state: 'queued', leaseExpiries: 1, failures: 0, leaseToken: null });
    expect(await trialRow(alive.trialId)).toMatchObject({ state: 'running', leaseExpiries: 0, leaseToken: alive.token });
    expect(await store.queue.expireLeases(shortLease)).toEqual([]);
  });

  it('takes nothing from anybody in the first lease of a database that was down', async () => {
    await addStudy(store);
    await claimed(store, runner);
    await endAllLeases();
    const longerThanItIsUp = 10 * 365 * 86_400;
    expect(await store.queue.expireLeases(longerThanItIsUp)).toEqual([]);
    expect((await storedTrials(store)).filter(({ state }) => state === 'running')).toHaveLength(1);
  });

  it('fails a trial that lost 10 runners without one new step; a new step starts the count again', async () => {
    await addStudy(store, { budget: { trials: 1 } });
    const expire = async () => {
      const trial = await claimed(store, runner);
      await endAllLeases();
      await store.queue.expireLeases(shortLease);
      return trialRow(trial.trialId);
    };
    for (let expiries = 1; expiries <= 9; expiries += 1) expect(await expire()).toMatchObject({ state: 'queued', leaseExpiries: expiries });
    const trial = await claimed(store, runner);
    await store.queue.recordStep(trial, stepRecord(1));
    await store.queue.release(trial);
    for (let expiries = 1; expiries <= 9; expiries += 1) expect(await expire()).toMatchObject({ state: 'queued', leaseExpiries: expiries });
    expect(await expire()).toMatchObject({
      state: 'failed',
      leaseExpiries: 10,
      value: null,
      error: { code: 'runner-lost', message: 'its runner was lost 10 times without one new step' },
    });
  });
});

describe('fail and release', () => {
  it('charges an attempt and queues the trial again until the attempts are used up', async () => {
    await addStudy(store, { retries: { maxAttempts: 2 }, budget: { trials: 1 } });
    const first = await claimed(store, runner);
    expect(await store.queue.fail(first, crashed)).toMatchObject({ kind: 'settled' });
    expect(await trialRow(first.trialId)).toMatchObject({ state: 'queued', failures: 1, error: crashed, endedAt: null });
    await store.queue.fail(await claimed(store, runner), crashed);
    expect(await trialRow(first.trialId)).toMatchObject({ state: 'failed', failures: 2, error: crashed, leaseToken: null });
    expect(await store.queue.claim(runner, 60)).toBeNull();
  });

  it('makes a missing trainer final at once: another attempt could not do better', async () => {
    await addStudy(store, { retries: { maxAttempts: 50 } });
    const trial = await claimed(store, runner);
    await store.queue.fail(trial, { code: 'trainer-unavailable', message: 'no TensorFlow' });
    expect(await trialRow(trial.trialId)).toMatchObject({ state: 'failed', failures: 1 });
  });

  it.each([
    ['out-of-memory', ['error', 'timeout'], 'failed'],
    ['out-of-memory', ['crash'], 'queued'],
    ['trainer-crashed', ['crash'], 'queued'],
    ['training-error', ['crash', 'timeout'], 'failed'],
    ['training-error', ['error'], 'queued'],
    ['stalled', ['crash', 'error'], 'failed'],
    ['stalled', ['timeout'], 'queued'],
    ['timeout', ['crash', 'error'], 'failed'],
    ['timeout', ['timeout'], 'queued'],
    ['training-error', [], 'failed'],
    ['data-unavailable', [], 'queued'],
    ['trainer-unavailable', ['crash', 'error', 'timeout'], 'failed'],
  ] as const)('after %s a study that tries %j again has its trial %s', async (code, on, state) => {
    await addStudy(store, { ...single, retries: { maxAttempts: 3, on } });
    const trial = await claimed(store, runner);
    await store.queue.fail(trial, { code, message: 'it failed' });
    expect(await trialRow(trial.trialId)).toMatchObject({ state, failures: 1 });
  });

  it('release charges nothing and keeps the steps', async () => {
    await addStudy(store);
    const trial = await claimed(store, runner);
    await store.queue.recordStep(trial, stepRecord(2));
    await store.queue.release(trial);
    expect(await trialRow(trial.trialId)).toMatchObject({
      state: 'queued',
      failures: 0,
      leaseExpiries: 0,
      stepsDone: 2,
      resultKey: 'digest',
    });
    expect(await claimed(store, runner)).toMatchObject({ trialId: trial.trialId, stepsDone: 2 });
  });
});

describe('steps and completion', () => {
  it('a step is stored with its values and checkpoint, and again over itself', async () => {
    await addStudy(store);
    const trial = await claimed(store, runner);
    for (const step of [1, 2, 3, 3]) {
      if (step === 3) await store.continuation.adopt(trial, 2); // The second time after a checkpoint that was broken.
      expect(await store.queue.recordStep(trial, stepRecord(step, valuesOf(step / 10)))).toBe('continue');
    }
    expect((await store.reader.measurements(trial.trialId)).map((report) => [report.step, report.values['value']])).toEqual([
      [1, 0.1],
      [2, 0.2],
      [3, 0.3],
    ]);
    expect(await trialRow(trial.trialId)).toMatchObject({ stepsDone: 3, stepsTrained: 4 });
    await setStudyState(store, 'paused');
    expect(await store.queue.recordStep(trial, { ...stepRecord(4), checkpoint: null })).toBe('pause');
    expect(await checkpointNumbers(store)).toEqual([1, 2, 3]);
  });

  it('a completion stores value, score, values and the last step together', async () => {
    const study = await addStudy(store);
    const trial = await claimed(store, runner);
    await store.queue.fail(trial, crashed);
    const again = await claimed(store, runner);
    expect(await store.queue.complete(again, stepRecord(3, valuesOf(0.75, 0.4)), false)).toEqual({ kind: 'settled', studyId: study });
    expect(await trialRow(again.trialId)).toMatchObject({
      state: 'completed',
      value: 0.75,
      score: 0.75,
      values: valuesOf(0.75, 0.4),
      stepsDone: 3,
      error: null,
      diverged: false,
      leaseToken: null,
    });
    expect(await store.reader.measurements(again.trialId)).toHaveLength(1);
  });

  it('a value that is not finite is none, and lower is better where the direction says so', async () => {
    await addStudy(store, { metrics: [{ name: 'value' }], budget: { trials: 2 } });
    const [bad, good] = [await claimed(store, runner), await claimed(store, runner)];
    await store.queue.complete(bad, { ...stepRecord(1, valuesOf(null, 0.5)), checkpoint: null }, true);
    await store.queue.complete(good, stepRecord(1, valuesOf(0.25, 0.5)), false);
    expect(await trialRow(bad.trialId)).toMatchObject({ state: 'completed', value: null, score: null, diverged: true });
    expect(await trialRow(good.trialId)).toMatchObject({ value: 0.25, score: -0.25 });
  });
});
