import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTensorFlow, type Tensor } from '../../../../src/objectives/text-classifier/tensorflow/load.ts';
import { lastStates, lstmStates } from '../../../../src/objectives/text-classifier/tensorflow/lstm-layer.ts';
import { randomStream } from '../../../../src/shared/random.ts';

const tf = loadTensorFlow();
const [time, batch, inputs, units] = [6, 4, 3, 5];
const lengths = Int32Array.from([6, 4, 1, 5]);

let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

function normal(purpose: string, shape: number[], scale = 0.5): Tensor {
  const stream = randomStream(3, purpose);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * stream.normal()),
    shape,
  );
}

describe('the fused LSTM layer', () => {
  it('has the states and the gradients of tf.layers.lstm with the same weights', () => {
    tf.tidy(() => {
      const x = normal('x', [time, batch, inputs]);
      const kernel = normal('kernel', [inputs + units, 4 * units]);
      const bias = normal('bias', [4 * units]);
      const upstream = normal('upstream', [time, batch, units]);
      const fused = tf.grads((...args: Tensor[]) => {
        const [sequence, w, b] = args as [Tensor, Tensor, Tensor];
        return lstmStates(tf, sequence, { kernel: w, bias: b }).mul(upstream).sum();
      })([x, kernel, bias]);

      const layer = tf.layers.lstm({ units, returnSequences: true, recurrentActivation: 'sigmoid', inputShape: [time, inputs] });
      const batchMajor = tf.transpose(x, [1, 0, 2]);
      layer.apply(batchMajor);
      layer.setWeights([kernel.slice([0, 0], [inputs, -1]), kernel.slice([inputs, 0], [units, -1]), bias]);
      const stepwise = (sequence: Tensor): Tensor => tf.transpose(layer.apply(sequence) as Tensor, [1, 0, 2]);
      expectClose(lstmStates(tf, x, { kernel, bias }), stepwise(batchMajor), 1e-6);

      const trainable = layer.trainableWeights.map((weight) => weight.read()) as import('@tensorflow/tfjs-node').Variable[];
      const { grads } = tf.variableGrads(() => stepwise(batchMajor).mul(upstream).sum().asScalar(), trainable);
      const [toKernel, toRecurrent, toBias] = trainable.map(({ name }) => grads[name] as Tensor) as [Tensor, Tensor, Tensor];
      const toX = tf.grad((sequence: Tensor) => stepwise(sequence).mul(upstream).sum())(batchMajor);
      expectClose(fused[0] as Tensor, tf.transpose(toX, [1, 0, 2]), 1e-5);
      expectClose(fused[1] as Tensor, tf.concat([toKernel, toRecurrent], 0), 1e-5);
      expectClose(fused[2] as Tensor, toBias, 1e-5);
      layer.dispose();
    });
  });

  it('has the gradients that finite differences show, through the pick of the last states', () => {
    tf.tidy(() => {
      const shapes = { x: [time, batch, inputs], kernel: [inputs + units, 4 * units], bias: [4 * units] };
      const values = Object.entries(shapes).map(([name, shape]) => normal(name, shape));
      const upstream = normal('upstream', [batch, units]);
      const objective = (...args: Tensor[]): Tensor => {
        const [x, kernel, bias] = args as [Tensor, Tensor, Tensor];
        return lastStates(tf, lstmStates(tf, x, { kernel, bias }), lengths)
          .mul(upstream)
          .sum();
      };
      const gradients = tf.grads(objective)(values);
      values.forEach((value, which) => {
        const direction = normal(`direction ${which}`, value.shape, 1);
        const shifted = (by: number): number => {
          const moved = values.map((other, index) => (index === which ? other.add(direction.mul(by)) : other));
          return objective(...moved).dataSync()[0] as number;
        };
        const step = 1e-2;
        // Fourth order, so that float32 leaves about four digits.
        const measured = (8 * (shifted(step) - shifted(-step)) - (shifted(2 * step) - shifted(-2 * step))) / (12 * step);
        const computed = (gradients[which] as Tensor).mul(direction).sum().dataSync()[0] as number;
        expect(Math.abs(measured - computed)).toBeLessThan(2e-3 * Math.max(1, Math.abs(computed)));
      });
    });
  });

  it('has the last states of Keras on masked sequences', () => {
    const vectors: KerasLstm = JSON.parse(readFileSync(new URL('../../../vectors/keras-lstm.json', import.meta.url), 'utf8'));
    tf.tidy(() => {
      const x = tf.transpose(tf.tensor3d(vectors.x), [1, 0, 2]);
      const kernel = tf.concat([tf.tensor2d(vectors.kernel), tf.tensor2d(vectors.recurrent)], 0);
      const states = lstmStates(tf, x, { kernel, bias: tf.tensor1d(vectors.bias) });
      expectClose(lastStates(tf, states, Int32Array.from(vectors.lengths)), tf.tensor2d(vectors.lastStates), 1e-6);
    });
  });

  it('gives padding no say: one step or many of it, whatever it holds, states and gradients keep their bits', () => {
    const run = (padding: Tensor | null): Float32Array[] =>
      tf.tidy(() => {
        const real = normal('x', [time, batch, inputs]);
        const x = padding === null ? real : tf.concat([real, padding], 0);
        const kernel = normal('kernel', [inputs + units, 4 * units]);
        const bias = normal('bias', [4 * units]);
        const { value, grads } = tf.valueAndGrads((...args: Tensor[]) => {
          const [sequence, w, b] = args as [Tensor, Tensor, Tensor];
          return lastStates(tf, lstmStates(tf, sequence, { kernel: w, bias: b }), lengths)
            .square()
            .sum();
        })([x, kernel, bias]);
        const [toX, toKernel, toBias] = grads as [Tensor, Tensor, Tensor];
        return [value, toX.slice([0, 0, 0], [time, -1, -1]), toKernel, toBias].map((tensor) => Float32Array.from(tensor.dataSync()));
      });
    const expected = run(null);
    const paddings = [tf.zeros([1, batch, inputs]), tf.fill([40, batch, inputs], 7)];
    for (const padding of paddings) expect(run(padding)).toEqual(expected);
    tf.dispose(paddings);
  });
});

interface KerasLstm {
  readonly lengths: number[];
  readonly x: number[][][];
  readonly kernel: number[][];
  readonly recurrent: number[][];
  readonly bias: number[];
  readonly lastStates: number[][];
}

function expectClose(received: Tensor, expected: Tensor, tolerance: number): void {
  expect(received.shape).toEqual(expected.shape);
  expect(received.sub(expected).abs().max().dataSync()[0]).toBeLessThan(tolerance);
}
