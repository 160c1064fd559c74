import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../src/objectives/text-classifier/tensorflow/load.ts';
import type { TrainingPlan } from '../../../../src/objectives/text-classifier/tensorflow/training-loop.ts';
import { checkpointOf, type RecordedTraining, recordTraining } from './recorded-training.ts';
import { syntheticDataset, tinyHyperparameters } from './synthetic-dataset.ts';

const tf = loadTensorFlow();
const dataset = syntheticDataset();

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

type Values = Pick<TrainingPlan['hyperparameters'], 'learningRate' | 'dropout'>;

/** The values of three segments: after two epochs both change, after four the learning rate. */
const values: readonly [Values, Values, Values] = [
  { learningRate: 0.01, dropout: 0.2 },
  { learningRate: 0.03, dropout: 0.4 },
  { learningRate: 0.005, dropout: 0.4 },
];
const ends = [2, 4];

/** Trains so many epochs, changing the values on the way unless `plan` says otherwise, in a folder of its own. */
function train(
  epochs: number,
  plan: Partial<TrainingPlan> = {},
  optimizer: 'adam' | 'rmsprop' | 'sgd' = 'adam',
): Promise<RecordedTraining> {
  const segments = ends.map((end, index) => ({ epochs: end, ...(values[index] as Values) })).filter((segment) => segment.epochs < epochs);
  return recordTraining(tf, {
    dataset,
    trainSize: null,
    hyperparameters: { ...tinyHyperparameters, ...(values[segments.length] as Values), optimizer, epochs },
    earlier: segments,
    modelSeed: 'seed',
    checkpointFolder: mkdtempSync(join(folder, 'training-')),
    resumeFrom: [],
    evaluateOnTest: false,
    ...plan,
  });
}

/** Trains with the same values throughout. */
function plain(epochs: number, { learningRate, dropout }: Values): Promise<RecordedTraining> {
  return train(epochs, { hyperparameters: { ...tinyHyperparameters, learningRate, dropout, epochs }, earlier: [] });
}

/** Everything that was measured and saved, but for its place. */
const bits = ({ reports }: RecordedTraining): unknown[] =>
  reports.map(({ epoch, metrics, checkpoint }) => ({ epoch, metrics, sha256: checkpoint?.sha256 }));
const metrics = ({ reports }: RecordedTraining): unknown[] => reports.map((report) => report.metrics);
const weights = ({ reports }: RecordedTraining): unknown[] => reports.map(({ checkpoint }) => checkpoint?.sha256);

describe('a training whose values change on the way', () => {
  it('is up to each change the training with the values before, its checkpoints included, and from there another one', async () => {
    const changing = await train(6);
    expect(changing.outcome).toEqual({ kind: 'finished', epochs: 6, diverged: false });
    const first = await plain(6, values[0]);
    expect(bits(changing).slice(0, 2)).toEqual(bits(first).slice(0, 2));
    const [own, others] = [metrics(changing), [metrics(first), metrics(await plain(6, values[1])), metrics(await plain(6, values[2]))]];
    for (const other of others) for (const epoch of [3, 4, 5, 6]) expect(own[epoch - 1]).not.toEqual(other[epoch - 1]);
    // The last change alone makes a difference too.
    const withoutLast = await train(4);
    expect(bits(changing).slice(0, 4)).toEqual(bits(withoutLast));
    const unchanged = await train(6, {
      hyperparameters: { ...tinyHyperparameters, ...values[1], epochs: 6 },
      earlier: [{ epochs: 2, ...values[0] }],
    });
    expect(bits(unchanged).slice(0, 4)).toEqual(bits(withoutLast));
    expect(weights(unchanged)[4]).not.toBe(weights(changing)[4]);
  });

  it.each<[string, Values]>([
    ['the learning rate', { ...values[0], learningRate: 0.03 }],
    ['the dropout', { ...values[0], dropout: 0.4 }],
  ])('differs from the epoch after the change on if only %s changes', async (_what, later) => {
    const hyperparameters = { ...tinyHyperparameters, ...later, epochs: 2 };
    const changing = await train(2, { hyperparameters, earlier: [{ epochs: 1, ...values[0] }] });
    const same = await plain(2, values[0]);
    expect(bits(changing)[0]).toEqual(bits(same)[0]);
    expect(metrics(changing)[1]).not.toEqual(metrics(same)[1]);
  });

  it.each(['adam', 'rmsprop', 'sgd'] as const)(
    'resumed after any epoch ends with the bits of one that never stopped: %s',
    async (optimizer) => {
      const whole = await train(6, {}, optimizer);
      for (const epoch of [1, 2, 3, 4, 5, 6]) {
        const resumed = await train(6, { resumeFrom: [checkpointOf(whole, epoch)] }, optimizer);
        expect(resumed.startedAt).toBe(epoch);
        expect(bits(resumed)).toEqual(bits(whole).slice(epoch));
      }
    },
  );

  it('continues from the file of the training that it begins with, or from nothing, to the same bits', async () => {
    const [root, parent] = [await plain(2, values[0]), await train(4)];
    const whole = await train(6);
    for (const [from, epoch] of [
      [parent, 4],
      [parent, 3],
      [root, 2],
      [root, 1],
    ] as const) {
      const child = await train(6, { resumeFrom: [checkpointOf(from, epoch)] });
      expect([child.startedAt, child.passedOver]).toEqual([epoch, []]);
      expect(bits(child)).toEqual(bits(whole).slice(epoch));
    }
  });

  it('does not continue from a file of that training after the change, nor from one with another history', async () => {
    const whole = await train(6);
    const [root, other] = [await plain(4, values[0]), await plain(4, values[1])];
    const broken = checkpointOf(await train(4), 4);
    writeFileSync(broken.file, 'rot');
    const resumeFrom = [broken, checkpointOf(root, 4), checkpointOf(root, 3), checkpointOf(other, 2), checkpointOf(root, 2)];
    const child = await train(6, { resumeFrom });
    expect(child.startedAt).toBe(2);
    expect(child.passedOver.map(({ epoch, reason }) => [epoch, reason.includes('another training')])).toEqual([
      [4, false],
      [4, true],
      [3, true],
      [2, true],
    ]);
    expect(bits(child)).toEqual(bits(whole).slice(2));
  });
});
