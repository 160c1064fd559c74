import type { Hyperparameters } from '../hyperparameters.ts';
import type { Tensor, TensorFlow } from './load.ts';
import { type NativeAttribute, type NativeInput, nativeOp } from './native-op.ts';
import type { NativeVariable } from './native-variable.ts';

export type OptimizerName = Hyperparameters['optimizer'];

/** One in-place update of one weight. */
export interface WeightUpdate {
  readonly variable: NativeVariable;
  /** The optimizer's variables for this weight, with its shape: one for each name in `slots`. */
  readonly slots: readonly NativeVariable[];
  readonly gradient: Tensor;
  readonly learningRate: number;
  /** Number of updates including this one, from 1. */
  readonly step: number;
}

/** An update rule. Its state consists of its slots, which start at zero, and the number of steps. */
export interface Optimizer {
  readonly slots: readonly string[];
  /** Slots that an op requires but no later update reads. They are not saved. */
  readonly scratchSlots: readonly string[];
  update(tf: TensorFlow, update: WeightUpdate): void;
}

const commonAttributes: Readonly<Record<string, NativeAttribute>> = { T: { type: 'float32' }, use_locking: { bool: false } };
const adamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
const rmspropConstants = { decay: 0.9, momentum: 0, epsilon: 1e-7 };

/** The update rules with the default constants of tf.keras. */
export const optimizers: Readonly<Record<OptimizerName, Optimizer>> = {
  /** Adam (Kingma and Ba, 2015, section 2, last lines: ε is added after the bias correction, which is part of the step size). */
  adam: {
    slots: ['firstMoment', 'secondMoment'],
    scratchSlots: [],
    update(tf, { variable, slots, gradient, learningRate, step }) {
      const { beta1, beta2, epsilon } = adamConstants;
      const rates = [beta1 ** step, beta2 ** step, learningRate, beta1, beta2, epsilon];
      applyInPlace(tf, 'ResourceApplyAdam', { ...commonAttributes, use_nesterov: { bool: false } }, [variable, ...slots], rates, gradient);
    },
  },
  /** RMSprop (Tieleman and Hinton, 2012) without momentum, not centred. */
  rmsprop: {
    slots: ['meanSquare'],
    scratchSlots: ['momentum'],
    update(tf, { variable, slots, gradient, learningRate }) {
      const rates = [learningRate, rmspropConstants.decay, rmspropConstants.momentum, rmspropConstants.epsilon];
      applyInPlace(tf, 'ResourceApplyRMSProp', commonAttributes, [variable, ...slots], rates, gradient);
    },
  },
  /** Plain stochastic gradient descent. */
  sgd: {
    slots: [],
    scratchSlots: [],
    update(tf, { variable, gradient, learningRate }) {
      applyInPlace(tf, 'ResourceApplyGradientDescent', commonAttributes, [variable], [learningRate], gradient);
    },
  },
};

function applyInPlace(
  tf: TensorFlow,
  op: string,
  attributes: Readonly<Record<string, NativeAttribute>>,
  variables: readonly NativeVariable[],
  rates: readonly number[],
  gradient: Tensor,
): void {
  const scalars = rates.map((rate) => tf.scalar(rate));
  const inputs: NativeInput[] = [...variables.map(({ handle }) => handle), ...scalars, gradient];
  nativeOp(tf, { op, attributes, inputs, outputs: 0 });
  tf.dispose(scalars);
}

/**
 * Scales gradients down together so that their global norm is at most `clipNorm`; 0 leaves them unchanged. A norm that is
 * not finite makes the gradients not finite either, which the loop detects as divergence.
 */
export function clipByGlobalNorm(tf: TensorFlow, gradients: readonly Tensor[], clipNorm: number): Tensor[] {
  if (clipNorm === 0) return [...gradients];
  return tf.tidy(() => {
    const squares = gradients.map((gradient) => gradient.square().sum());
    const norm = tf.addN(squares).sqrt();
    const scale = tf.scalar(clipNorm).div(tf.maximum(norm, tf.scalar(clipNorm)));
    return gradients.map((gradient) => gradient.mul(scale));
  });
}
