import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { objectiveFor, objectiveSchema } from '../../../../src/objectives/table.ts';
import type { EarlierValues } from '../../../../src/space/earlier-values.ts';
import type { Trial } from '../../../../src/studies/model/trial.ts';
import type { Bench } from '../../../runner/bench.ts';
import { forgetSteps, storedCheckpoints, storedTrial } from '../../../store/inspect.ts';
import { eventually } from '../../../support/eventually.ts';
import { addStudy } from '../trained-studies.ts';
import { openClassifierBench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openClassifierBench();
});
afterEach(() => bench[Symbol.asyncDispose]());

/** A configuration, the values that its first epochs are trained with, and the number of the trial that it continues. */
interface Point {
  readonly learningRate: number;
  readonly epochs: number;
  readonly earlierValues?: EarlierValues;
  readonly continues?: number;
}

const until2: EarlierValues = [{ until: 2, parameters: { learningRate: 0.01 } }];
const until4: EarlierValues = [...until2, { until: 4, parameters: { learningRate: 0.02 } }];
const [parent, child, grandchild]: readonly [Point, Point, Point] = [
  { learningRate: 0.01, epochs: 2 },
  { learningRate: 0.02, epochs: 4, earlierValues: until2, continues: 0 },
  { learningRate: 0.03, epochs: 6, earlierValues: until4, continues: 1 },
];

/** Runs a study of these trials, one after the other, each with the job of its earlier values, to its end. No runner may be at work. */
async function run(points: readonly Point[], project = 'default'): Promise<readonly Trial[]> {
  const { store } = bench;
  const transactions = { ...store.transactions, ...store.transactions.ownedBy({ project, createdBy: null }) };
  const study = await addStudy(
    { ...store, transactions },
    {
      searchSpace: [
        { type: 'float', name: 'learningRate', low: 0.001, high: 0.1 },
        { type: 'int', name: 'epochs', low: 1, high: 15 },
      ],
      sampler: { type: 'list', points: points.map(({ learningRate, epochs }) => ({ learningRate, epochs })) },
      budget: { trials: points.length },
      parallelism: points.length,
    },
  );
  for (const [number, point] of points.entries()) await giveEarlierValues(study, number, point);
  const runner = await bench.start();
  await eventually(async () => expect((await store.reader.study(study))?.endedAt).not.toBeNull());
  await runner.drain();
  return (await store.reader.trials({ studyId: study, limit: 100 })).items;
}

/** Gives a queued trial the job and the origin of one whose values changed on the way. */
async function giveEarlierValues(study: string, number: number, { earlierValues, continues, ...parameters }: Point): Promise<void> {
  if (earlierValues === undefined) return;
  const payload = z.object({ seed: z.int() }).parse((await storedTrial(bench.store, study, number))?.payload);
  const options = objectiveSchema.parse((await bench.store.reader.study(study))?.spec.objective);
  const job = objectiveFor(options).job({ seed: payload.seed, parameters, evaluate: false, earlierValues });
  await bench.store.sql(`
    UPDATE trial SET payload = '${JSON.stringify(job.payload)}', origin = '${JSON.stringify({ continues })}',
      exclusion_key = CASE project WHEN 'default' THEN '' ELSE project || '/' END || '${job.exclusionKey}'
    WHERE study_id = '${study}' AND number = ${number}`);
}

const measured = async (trial: Trial | undefined): Promise<unknown[]> =>
  (await bench.store.reader.measurements(String(trial?.id))).map(({ step, values }) => [step, values['loss']]);
const trained = async () => (await bench.trainerLog()).flatMap((line) => line.trained ?? []);
const resumes = async () => (await bench.trainerLog()).filter((line) => line.train).map((line) => line.resumeFrom?.map(({ step }) => step));

/** Replaces the file of a recorded checkpoint. */
async function breakCheckpoint({ studyId, number }: Trial, step: number): Promise<void> {
  const resultKey = (await storedTrial(bench.store, studyId, number))?.resultKey;
  const found = (await storedCheckpoints(bench.store)).find((one) => one.resultKey === resultKey && one.step === step);
  await writeFile(join(bench.folder, 'artifacts', String(found?.file)), 'rot');
}

describe('a trial that continues another one with changed values', () => {
  it('trains its new epochs alone, from the checkpoints of the other', async () => {
    const [first, second, third] = await run([parent, child, grandchild]);
    expect([first, second, third]).toMatchObject([
      { stepsDone: 2, stepsTrained: 2, source: 'trained' },
      { stepsDone: 4, stepsTrained: 2, source: 'trained' },
      { stepsDone: 6, stepsTrained: 2, source: 'trained' },
    ]);
    expect(await trained()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await resumes()).toEqual([[], [2, 1], [4, 3, 2, 1]]);
    expect((await measured(third)).slice(0, 4)).toEqual(await measured(second));
    expect((await measured(second)).slice(0, 2)).toEqual(await measured(first));
  });

  it('has the values that it has when it is trained alone, and other ones than a trial that has its values from the start', async () => {
    const [, , third] = await run([parent, child, grandchild]);
    await forgetSteps(bench.store);
    const [alone, constant] = await run([grandchild, { learningRate: 0.03, epochs: 6 }]);
    expect([alone, constant]).toMatchObject([{ stepsTrained: 6 }, { stepsTrained: 6 }]);
    expect(await measured(alone)).toEqual(await measured(third));
    for (const [index, step] of (await measured(constant)).entries()) expect(step).not.toEqual((await measured(third))[index]);
  });

  it('shares all epochs with a trial of the same history, and the first ones with a plain trial', async () => {
    await run([parent, child]);
    const [again, longer, plain] = await run([child, { ...child, epochs: 5 }, { ...parent, epochs: 3 }]);
    // The longest of equal trainings runs first.
    expect([again, longer, plain]).toMatchObject([
      { stepsTrained: 0, source: 'reused' },
      { stepsTrained: 1, source: 'trained' },
      { stepsTrained: 1, source: 'trained' },
    ]);
    expect(await trained()).toEqual([1, 2, 3, 4, 5, 3]);
  });

  it('trains again from the checkpoint before where that of the other is broken, to the same values, and says so', async () => {
    const [, whole] = await run([parent, child]);
    const values = await measured(whole);
    await forgetSteps(bench.store);
    const [first] = await run([parent]);
    if (!first) throw new Error('there is no trial');
    await breakCheckpoint(first, 2);
    const [second] = await run([child]);
    expect(second).toMatchObject({ state: 'completed', stepsDone: 4, stepsTrained: 3, attempts: 1, failures: 0 });
    expect(await measured(second)).toEqual(values);
    expect(await bench.store.reader.incidents(String(second?.id))).toMatchObject([{ kind: 'checkpoint-broken', step: 2 }]);
    await forgetSteps(bench.store);
    const [third] = await run([parent]);
    if (!third) throw new Error('there is no trial');
    for (const step of [1, 2]) await breakCheckpoint(third, step);
    const [fourth] = await run([child]);
    expect(fourth).toMatchObject({ stepsDone: 4, stepsTrained: 4 });
    expect(await measured(fourth)).toEqual(values);
  });

  it('finds the epochs of the other in its own project, and in no other', async () => {
    await bench.store.sql("INSERT INTO project (name) VALUES ('vision')");
    await run([parent]);
    const [elsewhere] = await run([child], 'vision');
    const [first, second] = await run([parent, { ...child, epochs: 5 }], 'vision');
    expect([elsewhere, first, second].map((trial) => trial?.stepsTrained)).toEqual([4, 2, 1]);
  });
});
