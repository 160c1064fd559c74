import type { EncodedBatch } from '../encode.ts';
import { gatherRows } from './gather-rows.ts';
import type { PerWeight } from './initial-weights.ts';
import type { Tensor, TensorFlow } from './load.ts';
import { lastStates, lstmStates } from './lstm-layer.ts';
import { withGradient } from './with-gradient.ts';

/** Loss of a batch and its gradient with respect to each weight. The caller owns the tensors. */
export interface LossAndGradients {
  /** Mean binary cross-entropy over the batch, natural logarithm. Scalar. */
  readonly loss: Tensor;
  readonly gradients: PerWeight<Tensor>;
}

/**
 * Runs the network: an embedding, one LSTM, and one sigmoid unit on the state after the last real token.
 *
 * @param keep dropout mask that the state is multiplied by, `[batch, units]`; null for no dropout
 * @returns logits `[batch]`; a positive one means that the positive class is more likely
 */
export function logits(tf: TensorFlow, weights: PerWeight<Tensor>, batch: EncodedBatch, keep: Tensor | null): Tensor {
  const embedded = gatherRows(tf, weights.embedding, tf.tensor1d(batch.ids, 'int32'));
  const width = weights.embedding.shape[1] as number;
  const sequence = embedded.reshape([batch.time, batch.batch, width]);
  const states = lstmStates(tf, sequence, { kernel: weights.lstmKernel, bias: weights.lstmBias });
  const last = lastStates(tf, states, batch.lengths);
  const classified = keep === null ? last : last.mul(keep);
  return tf.matMul(classified, weights.outputKernel).add(weights.outputBias).reshape([-1]);
}

/** One training batch: texts, their labels (0 or 1, `[batch]`) and the dropout mask, if any. */
export interface LabelledBatch {
  readonly encoded: EncodedBatch;
  readonly labels: Float32Array;
  /** `[batch, units]`, row-major; null for no dropout. */
  readonly keep: Float32Array | null;
}

/** Computes the loss of a batch and its gradient with respect to every weight. */
export function lossAndGradients(tf: TensorFlow, weights: PerWeight<Tensor>, { encoded, labels, keep }: LabelledBatch): LossAndGradients {
  const units = weights.outputKernel.shape[0] as number;
  const loss = (embedding: Tensor, lstmKernel: Tensor, lstmBias: Tensor, outputKernel: Tensor, outputBias: Tensor): Tensor => {
    const mask = keep === null ? null : tf.tensor(keep, [encoded.batch, units]);
    const named = { embedding, lstmKernel, lstmBias, outputKernel, outputBias };
    return binaryCrossEntropy(tf, logits(tf, named, encoded, mask), tf.tensor1d(labels));
  };
  const { embedding, lstmKernel, lstmBias, outputKernel, outputBias } = weights;
  const { value, grads } = tf.valueAndGrads((...inputs) => loss(...(inputs as [Tensor, Tensor, Tensor, Tensor, Tensor])))([
    embedding,
    lstmKernel,
    lstmBias,
    outputKernel,
    outputBias,
  ]);
  const [toEmbedding, toLstmKernel, toLstmBias, toOutputKernel, toOutputBias] = grads as [Tensor, Tensor, Tensor, Tensor, Tensor];
  return {
    loss: value,
    gradients: {
      embedding: toEmbedding,
      lstmKernel: toLstmKernel,
      lstmBias: toLstmBias,
      outputKernel: toOutputKernel,
      outputBias: toOutputBias,
    },
  };
}

/**
 * Computes the mean of −y log σ(z) − (1 − y) log(1 − σ(z)) as max(z, 0) − z y + log(1 + e^−|z|), which does not overflow
 * for any z. Its gradient is (σ(z) − y) / batch.
 */
function binaryCrossEntropy(tf: TensorFlow, z: Tensor, labels: Tensor): Tensor {
  return withGradient(tf, [z], () => ({
    value: z.relu().sub(z.mul(labels)).add(z.abs().neg().exp().log1p()).mean(),
    saved: [z, labels],
    gradient: (upstream, saved) => {
      const [logit, label] = saved as [Tensor, Tensor];
      return [logit.sigmoid().sub(label).mul(upstream.div(logit.size))];
    },
  }));
}
