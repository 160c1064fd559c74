import type { Tensor, TensorFlow } from './load.ts';

/** A value and how to differentiate it. */
export interface Differentiable {
  readonly value: Tensor;
  /** What the gradient needs, kept until it was computed; other tensors of the forward pass are gone by then. */
  readonly saved: Tensor[];
  /** From the gradient to the value: the gradients to the inputs, in order. */
  gradient(upstream: Tensor, saved: Tensor[]): Tensor[];
}

/** Computes a value with a gradient of our own: what `tf.customGrad` does, with types and one way to save. */
export function withGradient(tf: TensorFlow, inputs: Tensor[], forward: () => Differentiable): Tensor {
  const compute = tf.customGrad((...received) => {
    const { value, saved, gradient } = forward();
    // The last argument saves tensors; the library's type for it says tensor.
    const save: unknown = received.at(-1);
    if (typeof save === 'function') save(saved);
    return { value, gradFunc: (upstream: Tensor | Tensor[], kept: Tensor[]) => gradient(onlyOne(upstream), kept) };
  });
  return compute(...inputs);
}

function onlyOne(upstream: Tensor | Tensor[]): Tensor {
  if (Array.isArray(upstream)) throw new Error('expected the gradient of one value');
  return upstream;
}
