import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import type { Lease } from '../../src/studies/ports/queue.ts';
import { setStudyState, storedIncidents, storedSteps, waitingForLock } from './inspect.ts';
import { begin, expireAllLeases, oneTrial, sampleEvaluation, settled, stepOf, trained, trialRow } from './one-trial.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, sampleEnvironment, stepRecord, valuesOf } from './study-fixture.ts';

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
const kept = async (): Promise<unknown[]> => (await storedSteps(store)).map(({ resultKey, step }) => `${resultKey} ${step}`);

describe('a step that comes after its lease ended', () => {
  it('is kept under its digest with its checkpoint, and the next runner goes on after it', async () => {
    await addStudy(store, oneTrial(3));
    const late = await trained(store, 1, { by: runner });
    await expireAllLeases(store);
    expect(await store.queue.recordStep(late, stepOf(2))).toBe('abandon');
    const next = await claimed(store, other);
    expect(await store.continuation.begin(next, { resultKey: 'digest', steps: 3, environment: sampleEnvironment })).toMatchObject({
      steps: 2,
      checkpoints: [{ step: 2 }, { step: 1 }],
    });
  });

  it('is counted as trained once, however often it is delivered, and not where its successor brought it first', async () => {
    await addStudy(store, oneTrial(4));
    const late = await trained(store, 1, { by: runner });
    await expireAllLeases(store);
    for (const _delivery of [1, 2, 3]) await store.queue.recordStep(late, stepOf(2));
    expect(await trialRow(store, late)).toMatchObject({ stepsTrained: 2, attempts: 1, failures: 0, leaseExpiries: 1, stepsDone: 1 });
    await trained(store, 3, { by: other, from: 3 });
    await store.queue.recordStep(late, stepOf(3));
    expect(await trialRow(store, late)).toMatchObject({ stepsTrained: 3, attempts: 2, stepsDone: 3, state: 'running' });
  });

  it('is kept for a trial that is cancelled, final or deleted, and changes nothing of it', async () => {
    const study = await addStudy(store, oneTrial(3));
    const late = await trained(store, 1, { by: runner });
    await store.transactions.transaction((tx) => tx.cancelOpenTrials(study));
    const before = await trialRow(store, late);
    const skipped = { kind: 'checkpoint-skipped', detail: 'the disk is full' } as const;
    expect(await store.queue.recordStep(late, { ...stepOf(2), checkpoint: null, incidents: [skipped] })).toBe('abandon');
    expect(await trialRow(store, late)).toEqual(before);
    await store.sql('DELETE FROM study');
    expect(await store.queue.recordStep(late, stepOf(3))).toBe('abandon');
    expect([await kept(), await storedIncidents(store)]).toEqual([['digest 1', 'digest 2', 'digest 3'], []]);
  });
});

describe('a last step that comes after its lease ended', () => {
  it('settles a trial that waits for another runner, and counts once', async () => {
    const study = await addStudy(store, oneTrial(3));
    const late = await trained(store, 2, { by: runner });
    await expireAllLeases(store);
    const last = { ...stepOf(3), incidents: [{ kind: 'checkpoint-skipped', detail: 'the disk is full' }] as const };
    expect(await store.queue.complete(late, last, false)).toEqual(settled(study));
    expect(await trialRow(store, late)).toMatchObject({
      state: 'completed',
      value: 0.03,
      score: 0.03,
      values: valuesOf(0.03),
      source: 'trained',
      stepsDone: 3,
      stepsTrained: 3,
      attempts: 1,
      failures: 0,
      settledToken: late.token,
      leaseToken: null,
    });
    expect((await store.reader.measurements(late.trialId)).map(({ step, values }) => [step, values['value']])).toEqual([
      [1, 0.01],
      [2, 0.02],
      [3, 0.03],
    ]);
    expect(await storedIncidents(store)).toEqual([
      { kind: 'checkpoint-skipped', step: 3, detail: 'the disk is full' },
      { kind: 'late-result', step: 3, detail: 'the result came after its lease had ended; the trial waited for another runner' },
    ]);
    expect(await store.queue.claim(other, 60)).toBeNull();
  });

  it('settles a trial that is trained again, whose holder is told to abandon it and cannot settle it', async () => {
    const study = await addStudy(store, oneTrial(3));
    const late = await trained(store, 2, { by: runner });
    await expireAllLeases(store);
    const again = await trained(store, 0, { by: other });
    expect(await store.queue.complete(late, stepOf(3), false)).toEqual(settled(study));
    expect((await store.queue.heartbeat([again], 60)).get(again.token)).toBe('abandon');
    const before = await trialRow(store, late);
    expect(before).toMatchObject({ state: 'completed', stepsTrained: 3, attempts: 2, failures: 0, leaseRunner: null });
    expect(await store.queue.recordStep(again, stepOf(3))).toBe('abandon');
    expect(await store.queue.complete(again, stepOf(3), false)).toEqual({ kind: 'conflict' });
    expect(await store.continuation.complete(again, 3)).toEqual({ kind: 'conflict' });
    expect(await store.queue.fail(again, { code: 'trainer-crashed', message: 'no' })).toEqual({ kind: 'lease-lost' });
    await store.queue.release(again);
    expect(await trialRow(store, late)).toEqual(before);
    expect((await storedIncidents(store)).map((row) => row['detail'])).toEqual([
      'the result came after its lease had ended; another runner had taken the trial',
    ]);
  });

  it('gives the trial its own training, whatever the next attempt has begun under another digest', async () => {
    await addStudy(store, oneTrial(2));
    const late = await trained(store, 1, { by: runner });
    await expireAllLeases(store);
    await trained(store, 1, { by: other, digest: 'of another processor' });
    expect(await store.queue.complete(late, stepOf(2), false)).toMatchObject({ kind: 'settled' });
    expect(await trialRow(store, late)).toMatchObject({ resultKey: 'digest', stepsDone: 2, stepsTrained: 3, value: 0.02 });
    expect((await store.reader.measurements(late.trialId)).map(({ values }) => values['value'])).toEqual([0.01, 0.02]);
  });

  it('is observed by the next advance as any other, also in a study that was paused meanwhile', async () => {
    const study = await addStudy(store, oneTrial(1));
    const late = await trained(store, 0, { by: runner });
    await expireAllLeases(store);
    await setStudyState(store, 'paused');
    expect(await store.queue.complete(late, stepOf(1), false)).toEqual(settled(study));
    await setStudyState(store, 'active');
    await advanceStudy(store.transactions, study);
    expect(await store.reader.study(study)).toMatchObject({ state: 'completed', outcome: { reason: 'budget' }, sampler: { observed: 1 } });
    expect((await store.reader.overview(study))?.steps).toEqual({ done: 1, trained: 1, reused: 0, saved: 0 });
  });

  it('that diverged settles a trial that asked for more', async () => {
    await addStudy(store, oneTrial(9));
    const late = await trained(store, 1, { by: runner });
    await expireAllLeases(store);
    const diverged = { ...stepRecord(2, valuesOf(null)), checkpoint: null };
    expect(await store.queue.complete(late, diverged, true)).toMatchObject({ kind: 'settled' });
    expect(await trialRow(store, late)).toMatchObject({ state: 'completed', diverged: true, stepsDone: 2 });
  });

  it.each(['completed', 'failed'])('conflicts with a trial that is %s, which stays as it is, and is kept', async (end) => {
    await addStudy(store, { ...oneTrial(2), retries: { maxAttempts: 1 } });
    const late = await trained(store, 1, { by: runner });
    await expireAllLeases(store);
    const again = await claimed(store, other);
    await begin(store, again, 'of another processor');
    if (end === 'failed') await store.queue.fail(again, { code: 'training-error', message: 'no' });
    else {
      await store.queue.recordStep(again, stepOf(1, 'of another processor'));
      await store.queue.complete(again, stepOf(2, 'of another processor'), false);
    }
    const before = await trialRow(store, late);
    expect(before).toMatchObject({ state: end });
    for (const _delivery of [1, 2]) expect(await store.queue.complete(late, stepOf(2), false)).toEqual({ kind: 'conflict' });
    expect(await trialRow(store, late)).toEqual(before);
    expect([(await kept()).slice(0, 2), await storedIncidents(store)]).toEqual([['digest 1', 'digest 2'], []]);
  });

  it('does nothing for a trial that is cancelled or deleted, and is kept', async () => {
    const study = await addStudy(store, oneTrial(2));
    const late = await trained(store, 1, { by: runner });
    await store.transactions.transaction((tx) => tx.cancelOpenTrials(study));
    const before = await trialRow(store, late);
    expect(await store.queue.complete(late, stepOf(2), false)).toEqual({ kind: 'lease-lost' });
    expect(await trialRow(store, late)).toEqual(before);
    await store.sql('DELETE FROM study');
    expect(await store.queue.complete(late, stepOf(2), false)).toEqual({ kind: 'lease-lost' });
    expect([await kept(), await storedIncidents(store)]).toEqual([['digest 1', 'digest 2'], []]);
  });

  it('settles nothing while a step before it is unknown, or where the trial asks for another', async () => {
    await addStudy(store, oneTrial(3));
    const late = await trained(store, 1, { by: runner });
    await expireAllLeases(store);
    expect(await store.queue.complete(late, stepOf(3), false)).toEqual({ kind: 'lease-lost' });
    expect(await store.queue.complete(late, stepOf(2), false)).toEqual({ kind: 'lease-lost' });
    expect(await trialRow(store, late)).toMatchObject({ state: 'queued', stepsDone: 1 });
    expect(await store.queue.complete(late, stepOf(3), false)).toMatchObject({ kind: 'settled' });
  });
});

const measured = { step: 2, resultKey: 'digest', evaluation: sampleEvaluation };

describe('an evaluation that comes after its lease ended', () => {
  it('settles the trial with the steps of its training, and is stored once', async () => {
    const study = await addStudy(store, oneTrial(2));
    const late = await trained(store, 2, { by: runner });
    await expireAllLeases(store);
    const again = await trained(store, 0, { by: other });
    for (const _delivery of [1, 2]) expect(await store.queue.completeEvaluated(late, measured)).toEqual(settled(study));
    expect(await store.queue.completeEvaluated(again, measured)).toEqual({ kind: 'conflict' });
    expect(await trialRow(store, late)).toMatchObject({
      state: 'completed',
      value: 0.02,
      stepsTrained: 2,
      attempts: 2,
      settledToken: late.token,
    });
    expect(await store.reader.evaluations(study)).toEqual([{ trialId: late.trialId, evaluation: sampleEvaluation }]);
  });

  it('settles nothing where its steps are not known, or its trial is cancelled', async () => {
    const study = await addStudy(store, oneTrial(2));
    const late = await trained(store, 1, { by: runner });
    await expireAllLeases(store);
    expect(await store.queue.completeEvaluated(late, measured)).toEqual({ kind: 'lease-lost' });
    expect(await store.queue.completeEvaluated(late, { ...measured, step: 1 })).toEqual({ kind: 'lease-lost' });
    await store.queue.recordStep(late, stepOf(2));
    await store.transactions.transaction((tx) => tx.cancelOpenTrials(study));
    expect(await store.queue.completeEvaluated(late, measured)).toEqual({ kind: 'lease-lost' });
    expect(await store.reader.evaluations(study)).toEqual([]);
  });
});

describe('a late and a current delivery at the same time', () => {
  it.each(['late first', 'current first'])('end with one settlement, each counted step once (%s)', async (order) => {
    for (let round = 0; round < 12; round += 1) {
      await store.clear();
      await addStudy(store, oneTrial(3));
      const late = await trained(store, 2, { by: runner });
      await expireAllLeases(store);
      const current = await trained(store, 0, { by: other });
      const deliver = (lease: Lease) => store.queue.complete(lease, stepOf(3), false);
      const [one, two] = order === 'late first' ? [late, current] : [current, late];
      const settlements = await Promise.all([deliver(one), deliver(two), deliver(one), deliver(two)]);
      const winner = settlements[0].kind === 'settled' ? one : two;
      const expected = [one, two, one, two].map((lease) => (lease === winner ? 'settled' : 'conflict'));
      expect(settlements.map(({ kind }) => kind)).toEqual(expected);
      expect(await trialRow(store, late)).toMatchObject({
        state: 'completed',
        settledToken: winner.token,
        stepsDone: 3,
        stepsTrained: 3,
        attempts: 2,
        failures: 0,
      });
      expect(await store.reader.measurements(late.trialId)).toHaveLength(3);
    }
  });

  it.each(['late', 'current'] as const)('end with the settlement of the one that has the row (%s)', async (first) => {
    await addStudy(store, oneTrial(3));
    const late = await trained(store, 2, { by: runner });
    await expireAllLeases(store);
    const current = await trained(store, 0, { by: other });
    const leases = { late, current };
    const second = first === 'late' ? current : late;
    // Both wait for the row, in this order; who came first has it first.
    const deliveries = await store.database.$transaction(
      async (tx) => {
        await tx.$executeRaw`SELECT 1 FROM trial FOR UPDATE`;
        const one = store.queue.complete(leases[first], stepOf(3), false);
        await waitingForLock(store);
        const two = store.queue.complete(second, stepOf(3), false);
        await waitingForLock(store, 2);
        return { both: Promise.all([one, two]) };
      },
      { timeout: 60_000 },
    );
    expect((await deliveries.both).map(({ kind }) => kind)).toEqual(['settled', 'conflict']);
    expect(await trialRow(store, late)).toMatchObject({
      state: 'completed',
      stepsTrained: 3,
      stepsDone: 3,
      leaseToken: null,
      settledToken: leases[first].token,
    });
  });

  it('a late result races the claim of its trial, and nobody is left with a lease', async () => {
    for (let round = 0; round < 12; round += 1) {
      await store.clear();
      const study = await addStudy(store, oneTrial(2));
      const late = await trained(store, 1, { by: runner });
      await expireAllLeases(store);
      const [claim, settlement] = await Promise.all([store.queue.claim(other, 60), store.queue.complete(late, stepOf(2), false)]);
      expect(settlement).toEqual(settled(study));
      expect(await trialRow(store, late)).toMatchObject({ state: 'completed', leaseToken: null, attempts: claim ? 2 : 1 });
      if (claim) expect((await store.queue.heartbeat([claim], 60)).get(claim.token)).toBe('abandon');
    }
  });

  it('a late result races a cancel, and the study has one or the other', async () => {
    for (let round = 0; round < 12; round += 1) {
      await store.clear();
      const study = await addStudy(store, oneTrial(2));
      const late = await trained(store, 1, { by: runner });
      await expireAllLeases(store);
      const [settlement] = await Promise.all([
        store.queue.complete(late, stepOf(2), false),
        store.transactions.transaction((tx) => tx.cancelOpenTrials(study)),
      ]);
      const row = await trialRow(store, late);
      expect(row?.['state']).toBe(settlement.kind === 'settled' ? 'completed' : 'cancelled');
      expect(row).toMatchObject({ value: settlement.kind === 'settled' ? 0.02 : null });
    }
  });

  it('steps of both, and their repetitions, leave no gap and no deadlock', async () => {
    await addStudy(store, oneTrial(15));
    const late = await trained(store, 1, { by: runner });
    await expireAllLeases(store);
    const current = await trained(store, 0, { by: other });
    const deliver = async (lease: Lease): Promise<void> => {
      for (let step = 2; step <= 14; step += 1)
        await Promise.all([store.queue.recordStep(lease, stepOf(step)), store.queue.recordStep(lease, stepOf(step))]);
    };
    await Promise.all([deliver(late), deliver(current)]);
    expect(await store.queue.complete(current, stepOf(15), false)).toMatchObject({ kind: 'settled' });
    expect(await kept()).toHaveLength(15);
    expect(await store.reader.measurements(current.trialId)).toHaveLength(15);
    const row = await trialRow(store, current);
    expect(row).toMatchObject({ state: 'completed', stepsDone: 15 });
    // The current runner's 14 and the first are counted; of the late one's those that came first: each step at most once per runner.
    expect(row?.['stepsTrained']).toBeGreaterThanOrEqual(15);
    expect(row?.['stepsTrained']).toBeLessThanOrEqual(28);
  });
});
