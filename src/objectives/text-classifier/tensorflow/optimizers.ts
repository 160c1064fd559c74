import type { Hyperparameters } from '../hyperparameters.ts';
import type { Tensor, TensorFlow } from './load.ts';
import { type NativeAttribute, type NativeInput, nativeOp } from './native-op.ts';
import type { NativeVariable } from './native-variable.ts';

export type OptimizerName = Hyperparameters['optimizer'];

/** One update of one weight, in place. */
export interface WeightUpdate {
  readonly variable: NativeVariable;
  /** The optimizer's own variables for this weight, of its shape: one for each name in `slots`. */
  readonly slots: readonly NativeVariable[];
  readonly gradient: Tensor;
  readonly learningRate: number;
  /** Updates so far, this one included: from 1. */
  readonly step: number;
}

/** An update rule. Its whole state is its slots, which start at zero, and the count of steps. */
export interface Optimizer {
  readonly slots: readonly string[];
  /** Slots that an op wants but no later update reads: they are not saved. */
  readonly scratchSlots: readonly string[];
  update(tf: TensorFlow, update: WeightUpdate): void;
}

const ATTRIBUTES: Readonly<Record<string, NativeAttribute>> = { T: { type: 'float32' }, use_locking: { bool: false } };
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
const RMSPROP = { decay: 0.9, momentum: 0, epsilon: 1e-7 };

/** The update rules, with the constants tf.keras has by default. */
export const OPTIMIZERS: Readonly<Record<OptimizerName, Optimizer>> = {
  /** Adam (Kingma and Ba, 2015, section 2, last lines: ε is added after the bias correction is folded into the step). */
  adam: {
    slots: ['firstMoment', 'secondMoment'],
    scratchSlots: [],
    update(tf, { variable, slots, gradient, learningRate, step }) {
      const { beta1, beta2, epsilon } = ADAM;
      const rates = [beta1 ** step, beta2 ** step, learningRate, beta1, beta2, epsilon];
      applyInPlace(tf, 'ResourceApplyAdam', { ...ATTRIBUTES, use_nesterov: { bool: false } }, [variable, ...slots], rates, gradient);
    },
  },
  /** RMSprop (Tieleman and Hinton, 2012), without momentum and not centred. */
  rmsprop: {
    slots: ['meanSquare'],
    scratchSlots: ['momentum'],
    update(tf, { variable, slots, gradient, learningRate }) {
      const rates = [learningRate, RMSPROP.decay, RMSPROP.momentum, RMSPROP.epsilon];
      applyInPlace(tf, 'ResourceApplyRMSProp', ATTRIBUTES, [variable, ...slots], rates, gradient);
    },
  },
  /** Plain stochastic gradient descent. */
  sgd: {
    slots: [],
    scratchSlots: [],
    update(tf, { variable, gradient, learningRate }) {
      applyInPlace(tf, 'ResourceApplyGradientDescent', ATTRIBUTES, [variable], [learningRate], gradient);
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
 * Gradients scaled down together so that their global norm is at most `clipNorm`; 0 leaves them as they are.
 * A norm that is not finite makes them so too, which the loop sees as divergence.
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
