import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { ClaimedTrial } from '../../src/studies/ports/queue.ts';
import { endLeases, setStudyState, storedSteps, storedTrialById, storedTrials, waitingForLock } from './inspect.ts';
import { sampleEvaluation } from './one-trial.ts';
import { sameTraining, trainingsOn } from './same-training.ts';
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

const runner = randomUUID();

const { begin, train, finish } = trainingsOn(() => store);
const stepsOf = (trial: ClaimedTrial | null): unknown => trial?.parameters['steps'];
const trialRow = ({ trialId }: ClaimedTrial) => storedTrialById(store, trialId);
const known = (steps: number, diverged = false) => ({ steps, diverged });

describe('a claim among trials of one training', () => {
  it('takes the one with most steps, then the oldest, one at a time', async () => {
    await addStudy(store, sameTraining(3, 7, 5, 7));
    const order: unknown[] = [];
    for (let trial = await store.queue.claim(runner, 60); trial; trial = await store.queue.claim(runner, 60)) {
      order.push([trial.number, stepsOf(trial)]);
      expect(await store.queue.claim(runner, 60)).toBeNull();
      await store.queue.complete(trial, stepRecord(1), false);
    }
    expect(order).toEqual([
      [1, 7],
      [3, 7],
      [2, 5],
      [0, 3],
    ]);
  });

  it('lets trials of other trainings run beside it', async () => {
    await addStudy(store, sameTraining(3, 7));
    await addStudy(store, { ...sameTraining(3, 7), objectiveSeed: 8 });
    await addStudy(store, { ...sameTraining(3, 7), objective: { type: 'test-function', function: 'lstm-landscape', examples: 100 } });
    const order: unknown[] = [];
    for (let trial = await store.queue.claim(runner, 60); trial; trial = await store.queue.claim(runner, 60)) order.push(stepsOf(trial));
    expect(order).toEqual([7, 7, 7]);
  });

  it('lets an equal training of another project run beside it, one in each', async () => {
    const inProject = (project: string) =>
      addStudy(
        { ...store, transactions: { ...store.transactions, ...store.transactions.ownedBy({ project, createdBy: null }) } },
        sameTraining(7, 5),
      );
    await store.sql("INSERT INTO project (name) VALUES ('vision'), ('audio')");
    const studies = [await addStudy(store, sameTraining(7, 5)), await inProject('vision'), await inProject('audio')];
    const running = [await claimed(store, runner), await claimed(store, runner), await claimed(store, runner)];
    expect(new Set(running.map(({ studyId }) => studyId))).toEqual(new Set(studies));
    expect(new Set(running.map(({ project }) => project))).toEqual(new Set(['default', 'vision', 'audio']));
    expect(await store.queue.claim(runner, 60)).toBeNull();
    for (const trial of running) await store.queue.complete(trial, stepRecord(1), false);
    for (const _ of studies) expect(stepsOf(await claimed(store, runner))).toBe(5);
    const keys = await store.sql('SELECT DISTINCT project, exclusion_key FROM trial ORDER BY project');
    const [, ofDefault] = keys;
    expect(keys.map((row) => row['exclusion_key'])).toEqual(
      ['audio/', '', 'vision/'].map((prefix) => `${prefix}${String(ofDefault?.['exclusion_key'])}`),
    );
  });

  it('waits for an equal training of another study, running or queued', async () => {
    const short = await addStudy(store, sameTraining(3));
    const long = await addStudy(store, sameTraining(7));
    const first = await claimed(store, runner);
    expect([first.studyId, await store.queue.claim(runner, 60)]).toEqual([long, null]);
    await finish(first, 1, 7);
    expect((await claimed(store, runner)).studyId).toBe(short);
  });

  it('is kept waiting by an equal training that runs in a paused study, not by a queued one', async () => {
    const paused = await addStudy(store, sameTraining(9, 7));
    await addStudy(store, sameTraining(3));
    const running = await claimed(store, runner);
    await setStudyState(store, 'paused', paused);
    expect(await store.queue.claim(runner, 60)).toBeNull();
    await store.queue.release(running);
    expect(stepsOf(await claimed(store, runner))).toBe(3);
  });

  it('gets the others on when the first fails for good, is cancelled or is released', async () => {
    const study = await addStudy(store, { ...sameTraining(7, 5), retries: { maxAttempts: 1 } });
    await addStudy(store, sameTraining(3));
    const failing = await claimed(store, runner);
    await store.queue.fail(failing, { code: 'training-error', message: 'no' });
    const next = await claimed(store, runner);
    expect(stepsOf(next)).toBe(5);
    await store.queue.release(next);
    expect((await claimed(store, runner)).trialId).toBe(next.trialId);
    await store.transactions.transaction((tx) => tx.cancelOpenTrials(study));
    expect(stepsOf(await claimed(store, runner))).toBe(3);
  });

  it('sees trials without a key, of an earlier version, as equal to no other', async () => {
    await addStudy(store, sameTraining(3, 7, 5));
    await store.sql('UPDATE trial SET exclusion_key = NULL, steps_wanted = NULL');
    const order: unknown[] = [];
    for (let trial = await store.queue.claim(runner, 60); trial; trial = await store.queue.claim(runner, 60)) order.push(stepsOf(trial));
    expect(order).toEqual([3, 7, 5]);
  });

  it('never has two of them run at once, whoever claims, settles and adds trials at the same time', async () => {
    const lengths = Array.from({ length: 16 }, (_, index) => 1 + ((index * 7) % 15));
    await addStudy(store, sameTraining(...lengths));
    await addStudy(store, { ...sameTraining(...lengths), objectiveSeed: 8 });
    const running = new Map<number, number>();
    const most = { atOnce: 0, together: 0 };
    let done = 0;
    const work = async (): Promise<void> => {
      while (done < 48) {
        const trial = await store.queue.claim(runner, 60);
        if (!trial) continue;
        const { seed } = z.object({ seed: z.number() }).parse(trial.job.payload);
        running.set(seed, (running.get(seed) ?? 0) + 1);
        most.atOnce = Math.max(most.atOnce, ...running.values());
        most.together = Math.max(
          most.together,
          [...running.values()].reduce((sum, count) => sum + count, 0),
        );
        await trialRow(trial);
        running.set(seed, (running.get(seed) ?? 0) - 1);
        await store.queue.complete(trial, stepRecord(1), false);
        done += 1;
        if (done === 12) await addStudy(store, sameTraining(...lengths)); // Equal trainings arrive while others run.
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect(most).toEqual({ atOnce: 1, together: 2 });
    expect((await storedTrials(store)).filter(({ state }) => state === 'completed')).toHaveLength(48);
  });

  it('that loses the training to another at the last moment looks again, and takes another trial', async () => {
    const longest = await addStudy(store, sameTraining(9));
    await addStudy(store, sameTraining(7));
    await addStudy(store, { ...sameTraining(3), objectiveSeed: 8 });
    const token = randomUUID();
    const claim = await store.database.$transaction(
      async (tx) => {
        // The shorter training starts, unseen until the commit: a claim of the longest meets it in the index alone.
        await tx.$executeRaw`UPDATE trial SET state = 'running', lease_token = ${token}::uuid, lease_runner = ${token}::uuid,
        lease_until = now() + interval '1 hour' WHERE steps_wanted = 7`;
        const claiming = store.queue.claim(runner, 60);
        await waitingForLock(store);
        return { claiming };
      },
      { timeout: 60_000 },
    );
    expect(stepsOf(await claim.claiming)).toBe(3);
    expect(await storedTrials(store, { study: longest })).toMatchObject([{ state: 'queued' }]);
  });
});

describe('what is known of a training', () => {
  it('is every step without a gap, up to those that the trial asks for, with the checkpoints that are left of them', async () => {
    await addStudy(store, sameTraining(7, 5));
    const long = await claimed(store, runner);
    expect(await begin(long)).toEqual({ ...known(0), checkpoints: [] });
    await finish(long, 1, 7);
    await store.sql('DELETE FROM step_checkpoint WHERE step IN (2, 4)');
    const short = await claimed(store, runner);
    expect(await begin(short)).toMatchObject({ ...known(5), checkpoints: [{ step: 5 }, { step: 3 }, { step: 1 }] });
    await store.sql('DELETE FROM step_result WHERE step = 4');
    expect(await begin(short)).toMatchObject({ ...known(3), checkpoints: [{ step: 3 }, { step: 1 }] });
    expect(await begin(short, 'of another TensorFlow')).toEqual({ ...known(0), checkpoints: [] });
  });

  it('ends with the step that diverged, for whoever asks for as many or more', async () => {
    await addStudy(store, sameTraining(9, 5, 4, 3));
    const first = await claimed(store, runner);
    await train(first, 1, 3);
    await store.queue.complete(first, { ...stepRecord(4, valuesOf(null)), checkpoint: null }, true);
    for (const [steps, found] of [
      [5, known(4, true)],
      [4, known(4, true)],
      [3, known(3)],
    ] as const) {
      const trial = await claimed(store, runner);
      expect([stepsOf(trial), await begin(trial)]).toMatchObject([steps, found]);
      expect(await store.continuation.complete(trial, found.steps)).toMatchObject({ kind: 'settled' });
      expect(await trialRow(trial)).toMatchObject({
        state: 'completed',
        diverged: found.diverged,
        stepsDone: found.steps,
        stepsTrained: 0,
      });
    }
  });

  it('counts no step that an earlier attempt recorded under another key', async () => {
    await addStudy(store, sameTraining(5));
    const trial = await claimed(store, runner);
    await begin(trial, 'of an older TensorFlow');
    await train(trial, 1, 2);
    await begin(trial);
    expect(await trialRow(trial)).toMatchObject({ stepsDone: 2, resultKey: 'digest' });
    expect(await begin(trial, 'of another TensorFlow')).toEqual({ ...known(0), checkpoints: [] });
    expect(await trialRow(trial)).toMatchObject({ stepsDone: 0, stepsTrained: 2 });
  });

  it('keeps its first word where a step is trained again', async () => {
    await addStudy(store, sameTraining(2));
    const trial = await claimed(store, runner);
    await train(trial, 1, 1);
    await store.continuation.adopt(trial, 0);
    await store.queue.recordStep(trial, stepRecord(1, valuesOf(0.9)));
    expect(await storedSteps(store)).toMatchObject([{ values: valuesOf(0.01) }]);
    expect(await trialRow(trial)).toMatchObject({ stepsDone: 1, stepsTrained: 2 });
  });
});

describe('a trial that is completed from known steps', () => {
  it('has their reports, the value of its last step, and says what it stands on', async () => {
    const study = await addStudy(store, sameTraining(7, 3, 7, 3));
    await finish(await claimed(store, runner), 1, 7);
    const sources = [];
    for (const steps of [7, 3, 3]) {
      const trial = await claimed(store, runner);
      await begin(trial);
      expect(await store.continuation.complete(trial, steps)).toEqual({ kind: 'settled', studyId: study });
      const row = await trialRow(trial);
      expect(row).toMatchObject({
        state: 'completed',
        value: steps / 100,
        score: steps / 100,
        values: valuesOf(steps / 100),
        stepsDone: steps,
        stepsTrained: 0,
        leaseToken: null,
      });
      sources.push([steps, row?.['reuse'] ?? row?.['source']]);
      expect((await store.reader.measurements(trial.trialId)).map(({ step, values }) => [step, values['value']])).toEqual(
        Array.from({ length: steps }, (_, index) => [index + 1, (index + 1) / 100]),
      );
    }
    expect(sources).toEqual([
      [7, 'equal'],
      [3, 'longer'],
      [3, 'equal'],
    ]);
    expect((await store.reader.overview(study))?.steps).toEqual({ done: 20, trained: 7, reused: 13, saved: 0 });
  });

  it('counts as trained where one step was trained for it', async () => {
    await addStudy(store, sameTraining(3));
    const short = await claimed(store, runner);
    await train(short, 1, 2);
    await store.queue.release(short);
    await addStudy(store, sameTraining(7));
    const long = await claimed(store, runner);
    expect(await begin(long)).toMatchObject(known(2));
    expect(await store.continuation.adopt(long, 2)).toBe('continue');
    await finish(long, 3, 7);
    expect(await trialRow(long)).toMatchObject({ source: 'trained', stepsDone: 7, stepsTrained: 5 });
    const again = await claimed(store, runner);
    await begin(again);
    await store.continuation.complete(again, 3);
    expect(await trialRow(again)).toMatchObject({ source: 'trained', stepsDone: 3, stepsTrained: 2 });
  });

  it('changes nothing under a lost lease that brings nothing new', async () => {
    await addStudy(store, sameTraining(7, 3));
    await finish(await claimed(store, runner), 1, 7);
    const trial = await claimed(store, runner);
    await begin(trial);
    const lost = { ...trial, token: randomUUID() };
    const before = await store.everything();
    expect(await store.continuation.begin(lost, { resultKey: 'other', steps: 3, environment: sampleEnvironment })).toBeNull();
    expect(await store.continuation.adopt(lost, 2)).toBe('abandon');
    expect(await store.continuation.complete(lost, 3)).toEqual({ kind: 'lease-lost' });
    for (const unknown of [
      { step: 3, resultKey: 'other' },
      { step: 2, resultKey: 'digest' },
    ])
      expect(await store.queue.completeEvaluated(lost, { ...unknown, evaluation: sampleEvaluation })).toEqual({ kind: 'lease-lost' });
    expect(await store.everything()).toEqual(before);
  });

  it('is not completed with a step that nobody knows', async () => {
    await addStudy(store, sameTraining(3));
    const trial = await claimed(store, runner);
    await begin(trial);
    await expect(store.continuation.complete(trial, 3)).rejects.toThrow(/step 3, which is not recorded/);
    expect(await trialRow(trial)).toMatchObject({ state: 'running', stepsDone: 0 });
  });

  it('goes on counting the lost leases of its runners while it only adopts', async () => {
    await addStudy(store, sameTraining(7, 5));
    await train(await claimed(store, runner), 1, 3);
    await store.sql(
      "UPDATE trial SET state = 'cancelled', finished_at = now(), lease_token = NULL, lease_until = NULL, lease_runner = NULL WHERE steps_wanted = 7",
    );
    for (let expiries = 1; expiries <= 3; expiries += 1) {
      const trial = await claimed(store, runner);
      await begin(trial);
      await store.continuation.adopt(trial, 3);
      await endLeases(store);
      await store.queue.expireLeases(0.001);
      expect(await trialRow(trial)).toMatchObject({ leaseExpiries: expiries, stepsDone: 3 });
    }
    const trial = await claimed(store, runner);
    await train(trial, 4, 4);
    expect(await trialRow(trial)).toMatchObject({ leaseExpiries: 0 });
  });
});
