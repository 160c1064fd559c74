import { describe, expect, it } from 'vitest';
import { encodeBatch } from '../../../../src/objectives/text-classifier/encode.ts';
import { type LabelledBatch, lossAndGradients } from '../../../../src/objectives/text-classifier/tensorflow/classifier.ts';
import { dropoutMask } from '../../../../src/objectives/text-classifier/tensorflow/dropout.ts';
import {
  initialWeights,
  type PerWeight,
  perWeight,
  weightNames,
  weightShapes,
} from '../../../../src/objectives/text-classifier/tensorflow/initial-weights.ts';
import { loadTensorFlow, type Tensor } from '../../../../src/objectives/text-classifier/tensorflow/load.ts';
import { randomStream } from '../../../../src/shared/random.ts';
import { syntheticSplit, tinyHyperparameters } from './synthetic-dataset.ts';

const tf = loadTensorFlow();
const split = syntheticSplit(8, randomStream(5, 'split'));
const rows = Uint32Array.from({ length: 8 }, (_, row) => row);

function labelledBatch(keep: Float32Array | null = null): LabelledBatch {
  const { maxLength, vocabularySize } = tinyHyperparameters;
  const encoded = encodeBatch({ split, rows, maxLength, vocabularySize });
  return { encoded, labels: Float32Array.from(split.labels), keep };
}

function weightTensors(): PerWeight<Tensor> {
  const values = initialWeights(tinyHyperparameters, 'seed');
  const shapes = weightShapes(tinyHyperparameters);
  return perWeight((name) => tf.tensor(values[name], [...shapes[name]]));
}

describe('the classifier', () => {
  it('has the gradients that finite differences show, for every weight, with dropout', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const keep = dropoutMask({ dropout: 0.3, rows: 8, units: tinyHyperparameters.hiddenUnits, modelSeed: 'seed', epoch: 1, step: 1 });
      const batch = labelledBatch(keep);
      const weights = weightTensors();
      const { gradients } = lossAndGradients(tf, weights, batch);
      for (const name of weightNames) {
        const stream = randomStream(9, name);
        const direction = tf.tensor(
          Float32Array.from({ length: weights[name].size }, () => stream.normal()),
          weights[name].shape,
        );
        const shifted = (by: number): number => {
          const moved = { ...weights, [name]: weights[name].add(direction.mul(by)) };
          return lossAndGradients(tf, moved, batch).loss.dataSync()[0] as number;
        };
        const step = 1e-2;
        const measured = (8 * (shifted(step) - shifted(-step)) - (shifted(2 * step) - shifted(-2 * step))) / (12 * step);
        const computed = gradients[name].mul(direction).sum().dataSync()[0] as number;
        expect(Math.abs(measured - computed), name).toBeLessThan(2e-4 + 2e-3 * Math.abs(computed));
      }
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives padding no say: more of it, of any token, changes no bit of the loss or a gradient', () => {
    const results = (extraSteps: number, token: number): Float32Array[] =>
      tf.tidy(() => {
        const { encoded, labels, keep } = labelledBatch();
        const ids = new Int32Array((encoded.time + extraSteps) * encoded.batch).fill(token);
        ids.set(encoded.ids);
        encoded.lengths.forEach((length, row) => {
          for (let step = length; step < encoded.time; step += 1) ids[step * encoded.batch + row] = token;
        });
        const padded = { ...encoded, ids, time: encoded.time + extraSteps };
        const { loss, gradients } = lossAndGradients(tf, weightTensors(), { encoded: padded, labels, keep });
        return [loss, ...weightNames.map((name) => gradients[name])].map((tensor) =>
          Float32Array.from(tensor.dataSync(), (value) => value + 0),
        );
      });
    const expected = results(0, 0);
    expect(results(1, 0)).toEqual(expected);
    expect(results(30, 0)).toEqual(expected);
    expect(results(5, 7)).toEqual(expected);
  });

  it('loses the natural logarithm of 2 where it knows nothing, and stays finite for any logit', () => {
    tf.tidy(() => {
      const nothing = { ...weightTensors(), outputKernel: tf.zeros([tinyHyperparameters.hiddenUnits, 1]) };
      const loss = (bias: number): number =>
        lossAndGradients(tf, { ...nothing, outputBias: tf.tensor1d([bias]) }, labelledBatch()).loss.dataSync()[0] as number;
      expect(loss(0)).toBeCloseTo(Math.LN2, 6);
      // Half of the labels are 1: the mean is half the logit where it is large.
      expect(loss(1000)).toBeCloseTo(500, 3);
      expect(loss(-1000)).toBeCloseTo(500, 3);
    });
  });
});

describe('initial weights', () => {
  it('are a function of the seed, within their bounds, with the forget gate open', () => {
    const { embeddingSize, hiddenUnits } = tinyHyperparameters;
    const weights = initialWeights(tinyHyperparameters, 'seed');
    const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const inputRows = weights.lstmKernel.subarray(0, embeddingSize * 4 * hiddenUnits);
    const recurrentRows = weights.lstmKernel.subarray(embeddingSize * 4 * hiddenUnits);
    const bounds = [
      0.05,
      Math.sqrt(6 / (embeddingSize + 4 * hiddenUnits)),
      Math.sqrt(6 / (5 * hiddenUnits)),
      Math.sqrt(6 / (hiddenUnits + 1)),
    ];
    [weights.embedding, inputRows, recurrentRows, weights.outputKernel].forEach((values, index) => {
      const bound = bounds[index] as number;
      expect(largest(values)).toBeLessThanOrEqual(Math.fround(bound));
      expect(largest(values)).toBeGreaterThan(bound / 2);
    });
    const gate = (index: number): number[] => Array.from(weights.lstmBias.subarray(index * hiddenUnits, (index + 1) * hiddenUnits));
    expect([0, 1, 2, 3].map((index) => new Set(gate(index)))).toEqual([new Set([0]), new Set([1]), new Set([0]), new Set([0])]);
    expect(initialWeights(tinyHyperparameters, 'seed')).toEqual(weights);
    expect(initialWeights(tinyHyperparameters, 'other').embedding).not.toEqual(weights.embedding);
  });
});

describe('a dropout mask', () => {
  it('drops its share, keeps the expected sum, and depends on seed, epoch and step', () => {
    const options = { dropout: 0.25, rows: 200, units: 100, modelSeed: 'seed', epoch: 1, step: 1 };
    const mask = dropoutMask(options) as Float32Array;
    const dropped = mask.filter((value) => value === 0).length;
    // 20,000 draws at 0.25: five standard deviations are 306 (false alarm below 1e-6).
    expect(Math.abs(dropped - 5000)).toBeLessThan(306);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(4 / 3)]));
    expect(dropoutMask(options)).toEqual(mask);
    expect(dropoutMask({ ...options, step: 2 })).not.toEqual(mask);
    expect(dropoutMask({ ...options, epoch: 2 })).not.toEqual(mask);
    expect(dropoutMask({ ...options, dropout: 0 })).toBeNull();
  });
});
