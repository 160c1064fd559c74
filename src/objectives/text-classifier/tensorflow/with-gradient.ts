import type { Tensor, TensorFlow } from './load.ts';

/** A value with its gradient function. */
export interface Differentiable {
  readonly value: Tensor;
  /** Tensors that the gradient needs, kept until it is computed. Other tensors of the forward pass are disposed before. */
  readonly saved: Tensor[];
  /** Maps the gradient with respect to the value to the gradients with respect to the inputs, in order. */
  gradient(upstream: Tensor, saved: Tensor[]): Tensor[];
}

/** Computes a value with a custom gradient, as `tf.customGrad` does, with types and a single way to save tensors. */
export function withGradient(tf: TensorFlow, inputs: Tensor[], forward: () => Differentiable): Tensor {
  const compute = tf.customGrad((...received) => {
    const { value, saved, gradient } = forward();
    // The last argument is a function that saves tensors, although the library types it as a tensor.
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
