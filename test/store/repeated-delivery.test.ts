import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { storedIncidents, storedTrials } from './inspect.ts';
import { expireAllLeases, oneTrial, sampleEvaluation, settled, stepOf, trained, trialRow } from './one-trial.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, sampleEnvironment } from './study-fixture.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore(20);
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const [runner, other] = [randomUUID(), randomUUID()];
const measured = { step: 2, resultKey: 'digest', evaluation: sampleEvaluation };

describe('a delivery whose answer was lost, made again', () => {
  it('claim: gives the trial that the token holds, counted once, its lease renewed', async () => {
    await addStudy(store, { budget: { trials: 3 } });
    const token = randomUUID();
    const first = await store.queue.claim(runner, 1, token);
    expect(await store.queue.claim(runner, 100, token)).toEqual(first);
    expect(
      await store.sql("SELECT number, attempts, lease_until > now() + interval '90 s' AS renewed FROM trial WHERE state = 'running'"),
    ).toEqual([{ number: 0, attempts: 1, renewed: true }]);
    expect(await store.queue.claim(runner, 60, randomUUID())).toMatchObject({ number: 1 });
    await store.queue.claim(runner, 60, randomUUID());
    expect(await store.queue.claim(runner, 60, token)).toEqual(first); // Nothing is queued any more.
    expect(await store.queue.claim(runner, 60, randomUUID())).toBeNull();
  });

  it('claim: two at the same time give one trial', async () => {
    await addStudy(store, { budget: { trials: 40 }, parallelism: 40 });
    for (let round = 0; round < 20; round += 1) {
      const token = randomUUID();
      const [one, two] = await Promise.all([store.queue.claim(runner, 60, token), store.queue.claim(runner, 60, token)]);
      expect(one).toEqual(two);
      expect(one).not.toBeNull();
    }
    const running = (await storedTrials(store)).filter(({ state }) => state === 'running');
    expect(running.map(({ attempts }) => attempts)).toEqual(Array.from({ length: 20 }, () => 1));
  });

  it('claim: a token whose trial was put back takes one anew', async () => {
    await addStudy(store, { budget: { trials: 1 } });
    const token = randomUUID();
    const first = await store.queue.claim(runner, 60, token);
    await expireAllLeases(store);
    expect(await store.queue.claim(runner, 60, token)).toEqual(first);
    expect(await storedTrials(store)).toMatchObject([{ attempts: 2 }]);
  });

  it('recordStep: counts the step and its incidents once', async () => {
    await addStudy(store, oneTrial(3));
    const trial = await trained(store, 1, { by: runner });
    const record = { ...stepOf(2), checkpoint: null, incidents: [{ kind: 'checkpoint-skipped', detail: 'the disk is full' }] as const };
    for (const _delivery of [1, 2, 3]) expect(await store.queue.recordStep(trial, record)).toBe('continue');
    expect(await trialRow(store, trial)).toMatchObject({ stepsDone: 2, stepsTrained: 2 });
    expect(await storedIncidents(store)).toEqual([{ kind: 'checkpoint-skipped', step: 2, detail: 'the disk is full' }]);
  });

  it('recordStep: counts again what is trained again after a broken checkpoint', async () => {
    await addStudy(store, oneTrial(3));
    const trial = await trained(store, 2, { by: runner });
    const broken = { kind: 'checkpoint-broken', step: 2, detail: 'its bytes are others' } as const;
    for (const _delivery of [1, 2]) expect(await store.continuation.adopt(trial, 1, [broken])).toBe('continue');
    expect(await trialRow(store, trial)).toMatchObject({ stepsDone: 1, stepsReached: 2, stepsTrained: 2 });
    await store.queue.recordStep(trial, stepOf(2));
    expect(await trialRow(store, trial)).toMatchObject({ stepsDone: 2, stepsTrained: 3 });
    expect(await storedIncidents(store)).toEqual([{ kind: 'checkpoint-broken', step: 2, detail: 'its bytes are others' }]);
  });

  it('complete: is settled again, and nothing changes', async () => {
    const study = await addStudy(store, oneTrial(2));
    const trial = await trained(store, 1, { by: runner });
    expect(await store.queue.complete(trial, stepOf(2), false)).toEqual(settled(study));
    const before = await store.everything();
    expect(await store.queue.complete(trial, stepOf(2), false)).toEqual(settled(study));
    expect(await store.everything()).toEqual(before);
  });

  it('completeKnown and completeEvaluated: are settled again, and nothing changes', async () => {
    const study = await addStudy(store, {
      ...oneTrial(2),
      sampler: { type: 'list', points: [{ steps: 2 }, { steps: 2 }] },
      budget: { trials: 2 },
    });
    const first = await trained(store, 2, { by: runner });
    expect(await store.queue.completeEvaluated(first, measured)).toEqual(settled(study));
    const memo = await trained(store, 0, { by: runner });
    expect(await store.continuation.complete(memo, 2)).toEqual(settled(study));
    const before = await store.everything();
    expect(await store.queue.completeEvaluated(first, measured)).toEqual(settled(study));
    expect(await store.continuation.complete(memo, 2)).toEqual(settled(study));
    expect(await store.everything()).toEqual(before);
    expect(await trialRow(store, memo)).toMatchObject({ source: 'reused', reuse: 'equal', stepsTrained: 0 });
  });

  it.each([1, 2])('fail, with %i attempts allowed: is settled again, and charged once', async (maxAttempts) => {
    const study = await addStudy(store, { ...oneTrial(2), retries: { maxAttempts } });
    const trial = await trained(store, 1, { by: runner });
    const crash = { code: 'trainer-crashed', message: 'it crashed' } as const;
    expect(await store.queue.fail(trial, crash)).toEqual(settled(study));
    const before = await store.everything();
    expect(await store.queue.fail(trial, crash)).toEqual(settled(study));
    expect(await store.everything()).toEqual(before);
    expect(await trialRow(store, trial)).toMatchObject({
      state: maxAttempts === 1 ? 'failed' : 'queued',
      failures: 1,
      settledToken: trial.token,
    });
  });

  it('fail: charges nothing to an attempt of another, and nothing after its lease', async () => {
    await addStudy(store, oneTrial(2));
    const late = await trained(store, 1, { by: runner });
    await expireAllLeases(store);
    const crash = { code: 'trainer-crashed', message: 'it crashed' } as const;
    expect(await store.queue.fail(late, crash)).toEqual({ kind: 'lease-lost' });
    const again = await trained(store, 1, { by: other, from: 2 });
    expect(await store.queue.fail(late, crash)).toEqual({ kind: 'lease-lost' });
    expect(await trialRow(store, again)).toMatchObject({ state: 'running', failures: 0, error: null, leaseToken: again.token });
  });
});

it('where a training ran is kept with its first begin, and not for a lease that is lost', async () => {
  await addStudy(store, oneTrial(2));
  const trial = await claimed(store, runner);
  const training = { resultKey: 'digest', steps: 2 };
  await store.continuation.begin(trial, { ...training, environment: sampleEnvironment });
  await store.continuation.begin(trial, { ...training, environment: { ...sampleEnvironment, processor: 'another' } });
  const lost = { trialId: trial.trialId, token: randomUUID() };
  expect(await store.continuation.begin(lost, { ...training, resultKey: 'other', environment: sampleEnvironment })).toBeNull();
  expect(await store.sql('SELECT result_key, environment FROM training_environment')).toEqual([
    { result_key: 'digest', environment: sampleEnvironment },
  ]);
});
