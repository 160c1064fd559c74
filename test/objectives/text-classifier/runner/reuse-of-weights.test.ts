import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { textClassifierEvaluator } from '../../../../src/objectives/text-classifier/evaluator.ts';
import { insertNewStudy, newStudy } from '../../../../src/studies/actions/create.ts';
import { resolveSpec } from '../../../../src/studies/definition/resolve.ts';
import type { Trial } from '../../../../src/studies/model/trial.ts';
import { type Bench, openBench, programs } from '../../../runner/bench.ts';
import { forgetSteps } from '../../../store/inspect.ts';
import { builtFile } from '../../../support/built.ts';
import { eventually } from '../../../support/eventually.ts';
import { exportStudy } from '../../../support/exported.ts';
import { buildTinyDataset } from '../tensorflow/tiny-dataset.ts';
import { specOf } from '../trained-studies.ts';

const trainer = builtFile('objectives/text-classifier/tensorflow/trainer.ts');
let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ evaluator: textClassifierEvaluator });
  await buildTinyDataset(join(bench.folder, 'dataset'));
  await bench.start({ settings: { slots: 2, entryPoint: programs(trainer), stallSeconds: 300 } });
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

/** Equal trials, prefixes and others, with dropout, so that every step draws random numbers. */
const points = [
  { learningRate: 0.02, epochs: 2 },
  { learningRate: 0.02, epochs: 4 },
  { learningRate: 0.05, epochs: 3 },
  { learningRate: 0.02, epochs: 4 },
  { learningRate: 0.05, epochs: 1 },
];
const specOver = (tried: typeof points) =>
  specOf({
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.001, high: 0.1 },
      { type: 'int', name: 'epochs', low: 1, high: 15 },
    ],
    metrics: [{ name: 'aucPr' }],
    sampler: { type: 'list', points: tried },
    budget: { trials: tried.length },
    objective: {
      type: 'lstm-text-classifier',
      dataset: 'spam-assassin',
      hyperparameters: { hiddenUnits: 6, maxLength: 12, embeddingSize: 5, vocabularySize: 30, batchSize: 8, dropout: 0.3 },
    },
  });

/** Runs a study whose trials are measured on the test split too. */
async function run(tried: typeof points): Promise<string> {
  const study = await bench.store.transactions.transaction((tx) =>
    insertNewStudy(tx, newStudy({ spec: { ...resolveSpec(specOver(tried), 7), evaluate: true }, campaign: null })),
  );
  await eventually(async () => expect((await bench.store.reader.study(study))?.endedAt).not.toBeNull());
  return study;
}

const trialsOf = async (study: string): Promise<readonly Trial[]> =>
  (await bench.store.reader.trials({ studyId: study, limit: 100 })).items;

/** What a study measured, to the last bit: of each trial the validation after every step, and the test split. */
async function measured(study: string): Promise<unknown[]> {
  const { trials } = JSON.parse(await exportStudy(bench.store.reader, study));
  return Promise.all(
    (await trialsOf(study)).map(async ({ id, number }) => {
      const { state, value, values, diverged, evaluation } = trials[number];
      const steps = (await bench.store.reader.measurements(id)).map((report) => [report.step, report.values]);
      return { state, value, values, diverged, evaluation, steps };
    }),
  );
}

/** Forgets every result and the weights of all trainings. */
async function forget(): Promise<void> {
  await forgetSteps(bench.store);
  await rm(join(bench.folder, 'artifacts', 'steps'), { recursive: true, force: true });
}

it('gives a study of equal trials and prefixes the very numbers that its trials have when each is trained alone', async () => {
  const together = await run(points);
  expect((await trialsOf(together)).map((trial) => [trial.stepsDone, trial.reuse ?? trial.source])).toEqual([
    [2, 'longer'],
    [4, 'trained'],
    [3, 'trained'],
    [4, 'equal'],
    [1, 'longer'],
  ]);
  const alone: unknown[] = [];
  for (const point of points) {
    await forget();
    const study = await run([point]);
    expect(await trialsOf(study)).toMatchObject([{ source: 'trained', stepsTrained: point.epochs }]);
    alone.push(...(await measured(study)));
  }
  expect(await measured(together)).toEqual(alone);
  expect(alone).toHaveLength(5);
});

it('gives a training that is continued for a longer trial the very numbers of one that never stopped', async () => {
  await forget();
  await run([{ learningRate: 0.02, epochs: 2 }]);
  const continued = await run([{ learningRate: 0.02, epochs: 4 }]);
  expect(await trialsOf(continued)).toMatchObject([{ source: 'trained', stepsDone: 4, stepsTrained: 2 }]);
  await forget();
  const whole = await run([{ learningRate: 0.02, epochs: 4 }]);
  expect(await trialsOf(whole)).toMatchObject([{ stepsTrained: 4 }]);
  expect(await measured(continued)).toEqual(await measured(whole));
});
