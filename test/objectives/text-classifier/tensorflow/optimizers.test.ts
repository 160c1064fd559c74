import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../src/objectives/text-classifier/tensorflow/load.ts';
import { NativeVariable } from '../../../../src/objectives/text-classifier/tensorflow/native-variable.ts';
import { clipByGlobalNorm, type OptimizerName, optimizers } from '../../../../src/objectives/text-classifier/tensorflow/optimizers.ts';

const tf = loadTensorFlow();

interface KerasOptimizers {
  readonly learningRate: number;
  readonly start: number[];
  readonly gradients: number[][];
  readonly after: Record<OptimizerName, number[][]>;
}
const vectors: KerasOptimizers = JSON.parse(readFileSync(new URL('../../../vectors/keras-optimizers.json', import.meta.url), 'utf8'));

describe('an optimizer', () => {
  it.each(['adam', 'rmsprop', 'sgd'] as const)('updates as Keras does: %s', (name) => {
    const before = tf.memory().numTensors;
    const optimizer = optimizers[name];
    const variable = new NativeVariable(tf, [6], Float32Array.from(vectors.start));
    const slots = [...optimizer.slots, ...optimizer.scratchSlots].map(() => new NativeVariable(tf, [6], new Float32Array(6)));
    vectors.gradients.forEach((values, index) => {
      const gradient = tf.tensor1d(values);
      optimizer.update(tf, { variable, slots, gradient, learningRate: vectors.learningRate, step: index + 1 });
      gradient.dispose();
      variable.values().forEach((value, place) => {
        expect(Math.abs(value - Number(vectors.after[name][index]?.[place]))).toBeLessThan(2e-6);
      });
    });
    for (const owned of [variable, ...slots]) owned[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('clipping by the global norm', () => {
  it('scales all gradients together down to the norm, and leaves smaller ones and a norm of 0 alone', () => {
    tf.tidy(() => {
      const gradients = [tf.tensor1d([3, 0]), tf.tensor1d([0, 4])];
      const values = (clipNorm: number) => clipByGlobalNorm(tf, gradients, clipNorm).map((gradient) => Array.from(gradient.dataSync()));
      expect(values(2.5)).toEqual([
        [1.5, 0],
        [0, 2],
      ]);
      expect(values(6)).toEqual([
        [3, 0],
        [0, 4],
      ]);
      expect(values(0)).toEqual([
        [3, 0],
        [0, 4],
      ]);
    });
  });
});

describe('a native variable', () => {
  it('gives values that later updates do not change', () => {
    using variable = new NativeVariable(tf, [2], Float32Array.from([1, 2]));
    const read = variable.read();
    const copied = variable.values();
    const gradient = tf.tensor1d([1, 1]);
    optimizers.sgd.update(tf, { variable, slots: [], gradient, learningRate: 1, step: 1 });
    expect(Array.from(variable.values())).toEqual([0, 1]);
    expect(Array.from(read.dataSync())).toEqual([1, 2]);
    expect(Array.from(copied)).toEqual([1, 2]);
    tf.dispose([read, gradient]);
  });

  it('frees its memory with itself', () => {
    const megabyte = new Float32Array(1024 * 1024);
    const grown = (count: number): number => {
      const before = process.memoryUsage.rss();
      for (let round = 0; round < count; round += 1) new NativeVariable(tf, [megabyte.length], megabyte)[Symbol.dispose]();
      return process.memoryUsage.rss() - before;
    };
    grown(50);
    // Leaked, 200 of 4 MiB would be 800 MiB.
    expect(grown(200)).toBeLessThan(400 * 1024 * 1024);
  });
});
