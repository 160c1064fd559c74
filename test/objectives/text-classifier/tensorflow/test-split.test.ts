import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataset } from '../../../../src/objectives/text-classifier/datasets/dataset.ts';
import { readEpochCheckpoint } from '../../../../src/objectives/text-classifier/tensorflow/epoch-checkpoint.ts';
import { loadTensorFlow } from '../../../../src/objectives/text-classifier/tensorflow/load.ts';
import { Model } from '../../../../src/objectives/text-classifier/tensorflow/model.ts';
import { predict } from '../../../../src/objectives/text-classifier/tensorflow/predict.ts';
import type { TrainingObserver, TrainingPlan } from '../../../../src/objectives/text-classifier/tensorflow/training-loop.ts';
import { testEvaluationOf, testEvaluationSchema } from '../../../../src/objectives/text-classifier/test-evaluation.ts';
import { checkpointOf, type RecordedTraining, recordTraining } from './recorded-training.ts';
import { syntheticDataset, tinyHyperparameters } from './synthetic-dataset.ts';
import { buildTinyDataset } from './tiny-dataset.ts';

const tf = loadTensorFlow();
/** 600 rows to test on: three batches. */
const dataset = syntheticDataset(60, 30, 600);

let folder = '';
let tensorsBefore = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clavier-test-'));
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
  rmSync(folder, { recursive: true, force: true });
});

function plan(hyperparameters: Partial<TrainingPlan['hyperparameters']> = {}, more: Partial<TrainingPlan> = {}): TrainingPlan {
  return {
    dataset,
    trainSize: null,
    hyperparameters: { ...tinyHyperparameters, dropout: 0.2, ...hyperparameters },
    earlier: [],
    modelSeed: 'seed',
    checkpointFolder: join(folder, 'checkpoints'),
    resumeFrom: [],
    evaluateOnTest: true,
    ...more,
  };
}

/** What a training came to, but for where its files lie. */
function bits({ reports, outcome, startedAt }: RecordedTraining): unknown {
  const epochs = reports.map(({ epoch, metrics, diverged, checkpoint }) => ({ epoch, metrics, diverged, sha256: checkpoint?.sha256 }));
  return { epochs, outcome, startedAt };
}

describe('the measurement on the test split', () => {
  it('is of the model of the last epoch, over the whole split, and changes nothing of the training', async () => {
    const searched = await recordTraining(tf, plan({}, { evaluateOnTest: false }));
    const measured = await recordTraining(tf, plan({}, { checkpointFolder: join(folder, 'measured') }));
    expect(searched.evaluated).toBeNull();
    expect(bits(measured)).toEqual(bits(searched));
    expect(measured.evaluated).toMatchObject({ epoch: 3, evaluation: { rows: 600, positives: 300 } });
    // What it learnt in training shows in other texts of the same kind.
    expect(measured.evaluated?.evaluation.aucPr).toBeGreaterThan(0.8);
    expect(() => testEvaluationSchema.parse(measured.evaluated?.evaluation)).not.toThrow();
  });

  it('from the saved checkpoint gives the same bits as straight after the training, and trains nothing', async () => {
    const trained = await recordTraining(tf, plan());
    const resumed = await recordTraining(tf, plan({}, { resumeFrom: [checkpointOf(trained, 3)] }));
    expect(resumed).toMatchObject({ startedAt: 3, reports: [], outcome: { kind: 'finished', epochs: 3, diverged: false } });
    expect(resumed.evaluated).toEqual(trained.evaluated);
    // The three batches of the test split are all that was run.
    expect(resumed.steps).toBe(3);
  });

  it('after k epochs is that of the longer training at its epoch k', async () => {
    const long = await recordTraining(tf, plan({ epochs: 4 }));
    const short = await recordTraining(tf, plan({ epochs: 2 }, { checkpointFolder: join(folder, 'short') }));
    const cut = await recordTraining(tf, plan({ epochs: 2 }, { resumeFrom: [checkpointOf(long, 4), checkpointOf(long, 2)] }));
    expect(cut.startedAt).toBe(2);
    expect(cut.evaluated).toEqual(short.evaluated);
    expect(long.evaluated?.evaluation.loss).not.toBe(short.evaluated?.evaluation.loss);
  });

  it('is what the saved weights say of each row', async () => {
    const trained = await recordTraining(tf, plan());
    using model = new Model(tf, tinyHyperparameters, 'seed');
    const split = dataset.split('test');
    const untrained = await predict({ model, split, hyperparameters: tinyHyperparameters, cancelled: () => false });
    const { hyperparameters, earlier, modelSeed, trainSize } = plan();
    const identity = { hyperparameters, earlier, modelSeed, trainSize, datasetDigest: dataset.digest };
    const read = await readEpochCheckpoint(checkpointOf(trained, 3), identity);
    if (read.epoch === null || untrained === null) throw new Error('there is nothing to compare');
    model.restore(read.state);
    const restored = await predict({ model, split, hyperparameters: tinyHyperparameters, cancelled: () => false });
    if (restored === null) throw new Error('it was not cancelled');
    expect(trained.evaluated?.evaluation).toEqual(testEvaluationOf({ labels: split.labels, ...restored }));
    expect(trained.evaluated?.evaluation).not.toEqual(testEvaluationOf({ labels: split.labels, ...untrained }));
  });

  it('of a training that diverged calls every row negative and has no loss', async () => {
    const diverging = { optimizer: 'rmsprop', learningRate: 3e38, epochs: 9 } as const;
    const { outcome, evaluated, reports } = await recordTraining(tf, plan(diverging));
    expect(outcome).toMatchObject({ kind: 'finished', diverged: true });
    expect(evaluated?.epoch).toBe(reports.at(-1)?.epoch);
    const confusion = { truePositives: 0, falsePositives: 0, trueNegatives: 300, falseNegatives: 300 };
    const areas = { aucPr: 0.5, aucPrTrapezoid: 0.75, aucRoc: 0.5 };
    const shares = { accuracy: 0.5, precision: 0, recall: 0, f1: 0 };
    const curve = [{ threshold: 0, precision: 0.5, recall: 1 }];
    expect(evaluated?.evaluation).toEqual({ rows: 600, positives: 300, loss: null, ...areas, ...shares, confusion, curve });
  });

  it('says before each batch that it lives, and lets the event loop bring a stop between two', async () => {
    const trained = await recordTraining(tf, plan({}, { evaluateOnTest: false }));
    const seen: number[][] = [];
    let order: ReturnType<TrainingObserver['stopOrder']> = null;
    const stopped = await recordTraining(tf, plan({}, { resumeFrom: [checkpointOf(trained, 3)] }), {
      stepped: (...step) => {
        seen.push(step);
        // Comes as a message would, while the first batch is worked on.
        setImmediate(() => {
          order = 'terminate';
        });
      },
      stopOrder: () => order,
    });
    expect(seen).toEqual([
      [3, 1, 3],
      [3, 2, 3],
    ]);
    expect(stopped).toMatchObject({ outcome: { kind: 'stopped', epoch: 3 }, evaluated: null });
  });

  it('is not begun after an epoch that was answered with stop, and its own stop ends the training after the last epoch', async () => {
    const atEpoch = await recordTraining(tf, plan({ epochs: 1 }), { epochDone: () => Promise.resolve('stop') });
    expect(atEpoch).toMatchObject({ outcome: { kind: 'stopped', epoch: 1 }, evaluated: null });
    const atTest = await recordTraining(tf, plan({ epochs: 1 }), { evaluated: () => Promise.resolve('stop') });
    expect(atTest.outcome).toEqual({ kind: 'stopped', epoch: 1 });
  });
});

describe('the file of the test split', () => {
  it('is read by no search: with garbage in its place a training is the same, and only the measurement fails', async () => {
    const data = join(folder, 'dataset');
    await buildTinyDataset(data);
    const train = (evaluateOnTest: boolean): Promise<RecordedTraining> =>
      recordTraining(tf, plan({}, { dataset: openDataset(data), evaluateOnTest, checkpointFolder: join(folder, crypto.randomUUID()) }));
    const before = await train(false);
    expect((await train(true)).evaluated?.evaluation.rows).toBe(10);
    const file = join(data, 'test.bin');
    writeFileSync(file, Buffer.alloc(statSync(file).size, 0xa5));
    expect(bits(await train(false))).toEqual(bits(before));
    await expect(train(true)).rejects.toThrow(/test\.bin has been changed or damaged; preparing it again rebuilds it/);
  });
});
