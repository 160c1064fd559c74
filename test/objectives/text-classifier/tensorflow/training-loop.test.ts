import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { binaryMetrics } from '../../../../src/objectives/text-classifier/metrics.ts';
import { loadTensorFlow } from '../../../../src/objectives/text-classifier/tensorflow/load.ts';
import type { TrainingPlan } from '../../../../src/objectives/text-classifier/tensorflow/training-loop.ts';
import { checkpointOf, type RecordedTraining, recordTraining } from './recorded-training.ts';
import { syntheticDataset, tinyHyperparameters } from './synthetic-dataset.ts';

const tf = loadTensorFlow();
const dataset = syntheticDataset();
/** What the observer sees of an epoch: 8 training batches and 1 of validation. */
const STEPS_PER_EPOCH = Math.ceil(60 / tinyHyperparameters.batchSize) + 1;

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
    hyperparameters: { ...tinyHyperparameters, ...hyperparameters },
    earlier: [],
    modelSeed: 'seed',
    checkpointFolder: join(folder, 'whole'),
    resumeFrom: [],
    evaluateOnTest: false,
    ...more,
  };
}

describe('a training', () => {
  it('learns what the data shows, and reports every epoch with metrics and a checkpoint', async () => {
    const { reports, outcome, startedAt } = await recordTraining(tf, plan({ epochs: 6 }));
    expect(outcome).toEqual({ kind: 'finished', epochs: 6, diverged: false });
    expect(startedAt).toBe(0);
    expect(reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(reports.every(({ diverged, checkpoint }) => !diverged && checkpoint !== null)).toBe(true);
    expect(reports.at(-1)?.metrics.aucPr).toBeGreaterThan(0.85);
    expect(reports.at(-1)?.metrics.trainLoss).toBeLessThan(Number(reports[0]?.metrics.trainLoss));
  });

  it('with the same seed ends with the same bits, with another with others', async () => {
    const first = await recordTraining(tf, plan());
    const again = await recordTraining(tf, plan({}, { checkpointFolder: join(folder, 'again') }));
    const other = await recordTraining(tf, plan({}, { checkpointFolder: join(folder, 'other'), modelSeed: 'other' }));
    expect(checkpointOf(again, 3).sha256).toBe(checkpointOf(first, 3).sha256);
    expect(again.reports.map(({ metrics }) => metrics)).toEqual(first.reports.map(({ metrics }) => metrics));
    expect(checkpointOf(other, 3).sha256).not.toBe(checkpointOf(first, 3).sha256);
  });

  it.each([
    { optimizer: 'adam', dropout: 0, clipNorm: 0 },
    { optimizer: 'adam', dropout: 0.4, clipNorm: 0.5 },
    { optimizer: 'rmsprop', dropout: 0.4, clipNorm: 0 },
    { optimizer: 'sgd', dropout: 0.4, clipNorm: 0 },
  ] as const)(
    'resumed after any epoch ends with the bits of one that never stopped: $optimizer, dropout $dropout, clip $clipNorm',
    async (settings) => {
      const whole = await recordTraining(tf, plan({ ...settings, epochs: 4 }));
      for (const epoch of [1, 3, 4]) {
        const checkpointFolder = join(folder, `from-${epoch}`);
        const resumed = await recordTraining(
          tf,
          plan({ ...settings, epochs: 4 }, { checkpointFolder, resumeFrom: [checkpointOf(whole, epoch)] }),
        );
        expect(resumed.startedAt).toBe(epoch);
        expect(resumed.outcome).toEqual(whole.outcome);
        const comparable = resumed.reports.map(({ metrics, checkpoint }) => ({ metrics, sha256: checkpoint?.sha256 }));
        expect(comparable).toEqual(whole.reports.slice(epoch).map(({ metrics, checkpoint }) => ({ metrics, sha256: checkpoint?.sha256 })));
      }
    },
  );

  it.each([
    { optimizer: 'adam', dropout: 0.2, clipNorm: 0.5 },
    { optimizer: 'rmsprop', dropout: 0.2, clipNorm: 0 },
  ] as const)(
    'of k epochs is the beginning of one of n, and continued to n is that one, bit for bit: $optimizer, dropout $dropout',
    async (settings) => {
      const bits = ({ reports }: RecordedTraining): unknown[] =>
        reports.map(({ epoch, metrics, checkpoint }) => ({ epoch, metrics, sha256: checkpoint?.sha256 }));
      const long = await recordTraining(tf, plan({ ...settings, epochs: 4 }));
      for (const epochs of [1, 2, 3]) {
        const checkpointFolder = join(folder, `short-${epochs}`);
        const short = await recordTraining(tf, plan({ ...settings, epochs }, { checkpointFolder }));
        expect(bits(short)).toEqual(bits(long).slice(0, epochs));
        const resumeFrom = [checkpointOf(short, epochs)];
        const continued = await recordTraining(tf, plan({ ...settings, epochs: 4 }, { checkpointFolder, resumeFrom }));
        expect(continued.startedAt).toBe(epochs);
        expect(bits(continued)).toEqual(bits(long).slice(epochs));
      }
    },
  );

  it('passes over checkpoints that are missing, cut, changed, of another training or beyond its epochs, and tells of the broken ones', async () => {
    const whole = await recordTraining(tf, plan({ epochs: 5 }));
    const otherFolder = join(folder, 'other');
    const other = await recordTraining(tf, plan({ epochs: 1 }, { checkpointFolder: otherFolder, modelSeed: 'other' }));
    const [cut, changed, good] = [checkpointOf(whole, 3), checkpointOf(whole, 2), checkpointOf(whole, 1)];
    truncateSync(cut.file, cut.bytes - 4);
    writeFileSync(changed.file, Buffer.alloc(changed.bytes, 1));
    const missing = { ...cut, file: join(folder, 'missing.ckpt') };
    const resumeFrom = [checkpointOf(whole, 5), missing, cut, changed, checkpointOf(other, 1), good];
    const resumed = await recordTraining(tf, plan({ epochs: 4 }, { checkpointFolder: join(folder, 'resumed'), resumeFrom }));
    expect(resumed.startedAt).toBe(1);
    expect(resumed.passedOver).toEqual([
      { epoch: 3, reason: expect.stringContaining('ENOENT') },
      { epoch: 3, reason: expect.stringContaining('bytes instead of') },
      { epoch: 2, reason: expect.stringContaining('not those that were written') },
      { epoch: 1, reason: expect.stringContaining('another training') },
    ]);
    expect(checkpointOf(resumed, 4).sha256).toBe(checkpointOf(whole, 4).sha256);
  });

  it('that diverges ends there, counts every review as negative and leaves no checkpoint', async () => {
    const { reports, outcome } = await recordTraining(tf, plan({ optimizer: 'rmsprop', learningRate: 3e38, epochs: 9 }));
    const last = reports.at(-1);
    const validation = dataset.split('validation');
    expect(outcome).toEqual({ kind: 'finished', epochs: last?.epoch, diverged: true });
    expect(last).toMatchObject({ diverged: true, checkpoint: null, metrics: { loss: null } });
    expect(last?.metrics).toMatchObject(binaryMetrics(validation.labels, new Float64Array(validation.size)));
    expect(reports.slice(0, -1).every(({ diverged }) => !diverged)).toBe(true);
  });

  it('stops between two steps when told to terminate, and gives the epoch up', async () => {
    let steps = 0;
    const stopped = await recordTraining(tf, plan(), {
      stepped: () => {
        steps += 1;
      },
      stopOrder: () => (steps >= STEPS_PER_EPOCH + 4 ? 'terminate' : null),
    });
    expect(stopped.outcome).toEqual({ kind: 'stopped', epoch: 1 });
    expect(stopped.reports).toHaveLength(1);
    expect(steps).toBe(STEPS_PER_EPOCH + 4);
  });

  it('stops after the epoch when the answer to it is stop', async () => {
    const stopped = await recordTraining(tf, plan(), { epochDone: () => Promise.resolve('stop') });
    expect(stopped.outcome).toEqual({ kind: 'stopped', epoch: 1 });
  });

  it('goes on where a checkpoint cannot be written, and says why', async () => {
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, 'a file, not a folder');
    const { reports, outcome } = await recordTraining(tf, plan({ epochs: 2 }, { checkpointFolder: blocked }));
    expect(outcome).toMatchObject({ kind: 'finished', epochs: 2 });
    expect(reports.map(({ checkpoint, checkpointError }) => [checkpoint, typeof checkpointError])).toEqual([
      [null, 'string'],
      [null, 'string'],
    ]);
  });

  it('on fewer rows validates on as small a share', async () => {
    const whole = await recordTraining(tf, plan({ epochs: 1 }));
    const shrunk = await recordTraining(tf, plan({ epochs: 1 }, { trainSize: 16, checkpointFolder: join(folder, 'shrunk') }));
    // 2 training batches and 1 of validation, where all rows make 8 and 1.
    expect([whole.steps, shrunk.steps]).toEqual([9, 3]);
    // 8 of 30 validation rows: accuracies are eighths.
    expect((Number(shrunk.reports[0]?.metrics.accuracy) * 8) % 1).toBe(0);
  });
});
