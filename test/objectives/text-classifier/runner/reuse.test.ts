import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertNewStudy, newStudy } from '../../../../src/studies/actions/create.ts';
import { moveStudy } from '../../../../src/studies/actions/life-cycle.ts';
import { resolveSpec } from '../../../../src/studies/definition/resolve.ts';
import type { Trial } from '../../../../src/studies/model/trial.ts';
import type { Bench } from '../../../runner/bench.ts';
import { countOfEvaluations, forgetSteps, storedSteps } from '../../../store/inspect.ts';
import { eventually } from '../../../support/eventually.ts';
import { exportStudy } from '../../../support/exported.ts';
import { addStudy, specOf } from '../trained-studies.ts';
import { openClassifierBench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openClassifierBench();
});
afterEach(() => bench[Symbol.asyncDispose]());

/** Trials of one learning rate each and these steps, in this order. */
const listOf = (...points: { learningRate: number; epochs: number }[]) => ({
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.001, high: 0.1 },
    { type: 'int', name: 'epochs', low: 1, high: 15 },
  ],
  sampler: { type: 'list', points },
  budget: { trials: points.length },
});
const steps = (...values: number[]) => listOf(...values.map((value) => ({ learningRate: 0.01, epochs: value })));

/** A part of a campaign, whose trials are measured on the test split. */
const addEvaluatedStudy = (overrides: Record<string, unknown>): Promise<string> =>
  bench.store.transactions.transaction((tx) =>
    insertNewStudy(tx, newStudy({ spec: { ...resolveSpec(specOf(overrides), 7), evaluate: true }, campaign: null })),
  );

const trialsOf = async (studyId: string): Promise<readonly Trial[]> => (await bench.store.reader.trials({ studyId, limit: 100 })).items;
const ended = (study: string) =>
  eventually(async () => {
    const found = await bench.store.reader.study(study);
    expect(found?.endedAt).not.toBeNull();
    return found;
  });
const becomes = (study: string, facts: object) => eventually(async () => expect((await trialsOf(study))[0]).toMatchObject(facts));
const trained = async () => (await bench.trainerLog()).flatMap((line) => line.trained ?? []);
const requests = async () => (await bench.trainerLog()).filter((line) => line.train);
/** What the canonical export says of each trial, its number left out. */
const results = async (study: string): Promise<unknown[]> =>
  JSON.parse(await exportStudy(bench.store.reader, study)).trials.map(
    ({ number: _, origin: _origin, ...rest }: Record<string, unknown>) => rest,
  );
const forgetAll = () => forgetSteps(bench.store);

describe('a configuration that was trained before', () => {
  it('is not trained again: equal trials read its steps, shorter ones its first steps, and say so', async () => {
    const study = await addStudy(bench.store, steps(3, 5, 5, 2, 3));
    await bench.start({ settings: { slots: 2 } });
    await ended(study);
    expect((await trialsOf(study)).map((trial) => [trial.reuse ?? trial.source, trial.stepsDone, trial.stepsTrained])).toEqual([
      ['longer', 3, 0],
      ['trained', 5, 5],
      ['equal', 5, 0],
      ['longer', 2, 0],
      ['equal', 3, 0],
    ]);
    expect(await trained()).toEqual([1, 2, 3, 4, 5]);
    expect((await bench.store.reader.overview(study))?.steps).toEqual({ done: 18, trained: 5, reused: 13, saved: 0 });
    for (const trial of await trialsOf(study)) expect(await bench.store.reader.measurements(trial.id)).toHaveLength(trial.stepsDone);
  });

  it('is continued where a later trial asks for more steps, also by another study and another runner', async () => {
    const first = await addStudy(bench.store, steps(3));
    const runner = await bench.start();
    await ended(first);
    await runner.drain();
    const second = await addStudy(bench.store, steps(5));
    await bench.start();
    await ended(second);
    expect((await requests()).at(-1)?.resumeFrom?.map((checkpoint) => checkpoint.step)).toEqual([3, 2, 1]);
    expect(await trained()).toEqual([1, 2, 3, 4, 5]);
    expect(await trialsOf(second)).toMatchObject([{ source: 'trained', stepsDone: 5, stepsTrained: 2 }]);
    const [trial] = await trialsOf(second);
    expect((await bench.store.reader.measurements(trial?.id ?? '')).map((report) => report.step)).toEqual([1, 2, 3, 4, 5]);
  });

  it('has the same results as if each of its trials had been trained alone', async () => {
    const points = [
      { learningRate: 0.01, epochs: 2 },
      { learningRate: 0.01, epochs: 6 },
      { learningRate: 0.02, epochs: 3 },
      { learningRate: 0.01, epochs: 6 },
      { learningRate: 0.02, epochs: 1 },
      { learningRate: 0.02, epochs: 4 },
    ];
    const study = await addStudy(bench.store, { ...listOf(...points), parallelism: 2 });
    await bench.start({ settings: { slots: 2 } });
    await ended(study);
    const together = await results(study);
    const alone: unknown[] = [];
    for (const point of points) {
      await forgetAll();
      const one = await addStudy(bench.store, listOf(point));
      await ended(one);
      expect(await trialsOf(one)).toMatchObject([{ source: 'trained', stepsTrained: point.epochs }]);
      alone.push(...(await results(one)));
    }
    expect(together).toEqual(alone);
  });

  it('is trained from the start where its weights are gone, and what is known stays', async () => {
    const first = await addStudy(bench.store, steps(2));
    await bench.start();
    await ended(first);
    const before = await storedSteps(bench.store);
    await rm(join(bench.folder, 'artifacts', 'steps'), { recursive: true });
    const second = await addStudy(bench.store, steps(3));
    await ended(second);
    expect(await trained()).toEqual([1, 2, 1, 2, 3]);
    expect(await trialsOf(second)).toMatchObject([{ source: 'trained', stepsDone: 3, stepsTrained: 3 }]);
    expect((await storedSteps(bench.store)).slice(0, 2)).toEqual(before);
  });

  it('is not continued after a step whose result is missing, though its weights are there', async () => {
    const first = await addStudy(bench.store, steps(4));
    await bench.start();
    await ended(first);
    await bench.store.sql('DELETE FROM step_result WHERE step = 3');
    const second = await addStudy(bench.store, steps(4));
    await ended(second);
    expect((await requests()).at(-1)?.resumeFrom?.map((checkpoint) => checkpoint.step)).toEqual([2, 1]);
    expect(await trialsOf(second)).toMatchObject([{ source: 'trained', stepsDone: 4, stepsTrained: 2 }]);
    expect(await results(second)).toEqual(await results(first));
  });

  it('that diverged answers every request for as many steps or more, and is read up to there for fewer', async () => {
    await bench.behave('diverge', 3);
    const first = await addStudy(bench.store, steps(5));
    await bench.start();
    await ended(first);
    const second = await addStudy(bench.store, steps(9, 3, 2));
    await ended(second);
    expect(await trained()).toEqual([1, 2, 3]);
    expect((await trialsOf(second)).map((trial) => [trial.reuse ?? trial.source, trial.diverged, trial.stepsDone, trial.value])).toEqual([
      ['longer', true, 3, 0.5],
      ['longer', true, 3, 0.5],
      ['longer', false, 2, expect.any(Number)],
    ]);
  });

  it('goes on with the next equal trial when the first fails for good, from where it came', async () => {
    await bench.behave('crash', 3);
    const study = await addStudy(bench.store, { ...steps(5, 4), retries: { maxAttempts: 1 } });
    await bench.start();
    await eventually(async () => expect((await trialsOf(study))[0]).toMatchObject({ state: 'failed' }));
    await ended(study);
    expect((await requests())[1]?.resumeFrom?.map((checkpoint) => checkpoint.step)).toEqual([2, 1]);
    expect((await trialsOf(study))[1]).toMatchObject({ state: 'failed', stepsDone: 2, stepsTrained: 0 });
  });

  it('is completed, and its study with it, where the runner drains at that very moment', async () => {
    const earlier = await bench.start();
    await ended(await addStudy(bench.store, steps(3)));
    await earlier.drain();
    const study = await addStudy(bench.store, steps(3));
    const drained: Promise<void>[] = [];
    const runner = await bench.start({
      world: (world) => ({
        ...world,
        continuation: {
          ...world.continuation,
          complete: (...args) => {
            drained.push(runner.drain({ now: true }));
            return world.continuation.complete(...args);
          },
        },
      }),
    });
    expect(await ended(study)).toMatchObject({ state: 'completed' });
    await Promise.all(drained);
    expect(await trialsOf(study)).toMatchObject([{ state: 'completed', source: 'reused', reuse: 'equal', attempts: 1 }]);
    expect(drained).toHaveLength(1);
  });

  it('keeps equal trials of two runners waiting for one training', async () => {
    await bench.behave('hold', 2);
    const studies = [await addStudy(bench.store, steps(3)), await addStudy(bench.store, steps(3))];
    await bench.start();
    await bench.start();
    await eventually(async () => expect(await trained()).toEqual([1]));
    const states = await Promise.all(studies.map(async (study) => (await trialsOf(study))[0]?.state));
    expect(states.sort()).toEqual(['queued', 'running']);
    await bench.release();
    for (const study of studies) await ended(study);
    expect(await trained()).toEqual([1, 2, 3]);
  });
});

describe('a study whose trials are evaluated on the test split', () => {
  const evaluationOf = async (study: string) => bench.store.reader.evaluation((await trialsOf(study))[0]?.id ?? '');

  it('has its trials measured after their last step, and the measurement in its export', async () => {
    const study = await addEvaluatedStudy(steps(3));
    await bench.start();
    await ended(study);
    expect(await trialsOf(study)).toMatchObject([{ state: 'completed', source: 'trained', stepsDone: 3, stepsTrained: 3 }]);
    expect(await evaluationOf(study)).toMatchObject({ rows: 10, accuracy: expect.any(Number) });
    expect(await results(study)).toMatchObject([{ evaluation: await evaluationOf(study) }]);
  });

  it('evaluates the weights of an earlier training, nothing being trained, and measures the same as after a training', async () => {
    const search = await addStudy(bench.store, steps(3));
    await bench.start();
    await ended(search);
    const fromWeights = await addEvaluatedStudy(steps(3));
    await ended(fromWeights);
    expect(await trained()).toEqual([1, 2, 3]);
    expect(await trialsOf(fromWeights)).toMatchObject([{ source: 'reused', reuse: 'equal', stepsDone: 3, stepsTrained: 0 }]);
    expect(await bench.store.reader.measurements((await trialsOf(fromWeights))[0]?.id ?? '')).toHaveLength(3);
    await forgetAll();
    const fromNothing = await addEvaluatedStudy(steps(3));
    await ended(fromNothing);
    expect(await trialsOf(fromNothing)).toMatchObject([{ source: 'trained', stepsTrained: 3 }]);
    expect(await exportStudy(bench.store.reader, fromWeights)).toBe(await exportStudy(bench.store.reader, fromNothing));
  });

  it('trains again what is known but has no weights any more, and evaluates that', async () => {
    const search = await addStudy(bench.store, steps(3));
    await bench.start();
    await ended(search);
    await rm(join(bench.folder, 'artifacts', 'steps'), { recursive: true });
    const study = await addEvaluatedStudy(steps(3));
    await ended(study);
    expect(await trained()).toEqual([1, 2, 3, 1, 2, 3]);
    expect(await evaluationOf(study)).not.toBeNull();
  });

  it('evaluates a training that diverged as what it stands for, also when that was known', async () => {
    await bench.behave('diverge', 2);
    const search = await addStudy(bench.store, steps(4));
    await bench.start();
    await ended(search);
    const study = await addEvaluatedStudy(steps(4));
    await ended(study);
    expect(await trialsOf(study)).toMatchObject([{ state: 'completed', diverged: true, stepsDone: 2, value: 0.5 }]);
    expect(await evaluationOf(study)).toMatchObject({ precision: 0, recall: 0 });
  });

  it('goes on with the evaluation alone after a pause before it', async () => {
    await bench.behave('hold-test');
    const study = await addEvaluatedStudy(steps(2));
    await bench.start();
    await becomes(study, { state: 'running', stepsDone: 2 });
    await moveStudy(bench.store.transactions, study, 'pause');
    await eventually(async () => expect(await bench.trainerLog()).toContainEqual(expect.objectContaining({ stop: 'pause' })));
    await bench.release();
    await becomes(study, { state: 'queued', stepsDone: 2, failures: 0 });
    await moveStudy(bench.store.transactions, study, 'resume');
    await ended(study);
    expect(await trained()).toEqual([1, 2]);
    expect(await trialsOf(study)).toMatchObject([{ state: 'completed', attempts: 2, stepsTrained: 2, source: 'trained' }]);
  });

  it('is left by its trainer at once when it is cancelled during an evaluation', async () => {
    await bench.behave('hold-test');
    const study = await addEvaluatedStudy(steps(1));
    const runner = await bench.start();
    await becomes(study, { stepsDone: 1 });
    await moveStudy(bench.store.transactions, study, 'cancel');
    await eventually(() => expect(runner.busy()).toBe(0));
    expect(await trialsOf(study)).toMatchObject([{ state: 'cancelled' }]);
    expect(await countOfEvaluations(bench.store)).toBe(0);
  });

  it.each([
    ['crash-test', 'trainer-crashed'],
    ['nonsense-test', 'training-error'],
  ])('charges an attempt whose trainer does this: %s, as %s, and goes on with the evaluation', async (kind, code) => {
    await bench.behave(kind, 1, 'hold-test');
    const study = await addEvaluatedStudy({ ...steps(2), retries: { maxAttempts: 2 } });
    await bench.start();
    await becomes(study, { failures: 1, error: { code, message: expect.any(String) } });
    await bench.release();
    await ended(study);
    expect(await trained()).toEqual([1, 2]);
    expect(await trialsOf(study)).toMatchObject([{ state: 'completed', stepsDone: 2, error: null }]);
  });
});
