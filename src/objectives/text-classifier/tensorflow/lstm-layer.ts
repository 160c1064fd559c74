import { gatherRows } from './gather-rows.ts';
import type { Tensor, TensorFlow } from './load.ts';
import { type NativeAttribute, nativeOp } from './native-op.ts';
import { withGradient } from './with-gradient.ts';

/**
 * Order of the four gates within the last axis of an LSTM's kernel and bias, as in tf.keras. (The op's first version,
 * BlockLSTM, has the cell candidate before the forget gate; documentation of the second one often says so too.)
 */
export const gateOrder = ['input', 'forget', 'cell', 'output'] as const;

/** Weights of one LSTM. */
export interface LstmWeights {
  /** Input rows above recurrent rows: `[inputs + units, 4 * units]`, gates in `gateOrder`. */
  readonly kernel: Tensor;
  /** `[4 * units]` */
  readonly bias: Tensor;
}

const float32: NativeAttribute = { type: 'float32' };

/**
 * Runs one LSTM over all time steps from a zero state, with one native op forward and one backward (BlockLSTMV2 of
 * TensorFlow; the cell of Hochreiter and Schmidhuber with a forget gate, without peepholes, cell unclipped). This is several
 * times as fast as a loop over steps.
 *
 * @param sequence `[time, batch, inputs]`
 * @returns the hidden states `[time, batch, units]`, with gradients to the sequence, the kernel and the bias
 */
export function lstmStates(tf: TensorFlow, sequence: Tensor, { kernel, bias }: LstmWeights): Tensor {
  return withGradient(tf, [sequence, kernel, bias], () => {
    const outputs = forward(tf, sequence, kernel, bias);
    return {
      value: outputs[6] as Tensor,
      saved: [sequence, kernel, bias, ...outputs],
      gradient: (upstream, saved) => backward(tf, upstream, saved),
    };
  });
}

/**
 * Picks the hidden state of each row after its last real token. The padding after it affects neither that state nor the
 * gradients, because the gradient of an unread state is exactly zero.
 *
 * @param states `[time, batch, units]`
 * @param lengths real tokens of each row, 1 … time
 * @returns `[batch, units]`
 */
export function lastStates(tf: TensorFlow, states: Tensor, lengths: Int32Array): Tensor {
  const batch = lengths.length;
  const units = states.shape[2] as number;
  const rows = Int32Array.from(lengths, (length, column) => (length - 1) * batch + column);
  return gatherRows(tf, states.reshape([-1, units]), tf.tensor1d(rows, 'int32'));
}

/** Returns the gates i, cs (cell state), f, o, ci, co and the hidden state h, each `[time, batch, units]`. */
function forward(tf: TensorFlow, x: Tensor, w: Tensor, b: Tensor): Tensor[] {
  const { time, state, peephole } = constants(tf, x, b);
  return nativeOp(tf, {
    op: 'BlockLSTMV2',
    // A negative clip disables clipping. With the op's default of 3 this would not be the usual LSTM.
    attributes: { T: float32, cell_clip: { float: -1 }, use_peephole: { bool: false } },
    inputs: [{ int64: time }, x, state, state, w, peephole, peephole, peephole, b],
    outputs: 7,
  });
}

/** Returns the gradients with respect to the sequence, the kernel and the bias. */
function backward(tf: TensorFlow, statesGradient: Tensor, saved: Tensor[]): Tensor[] {
  const [x, w, b, ...outputs] = saved as [Tensor, Tensor, Tensor, ...Tensor[]];
  const { time, state, peephole } = constants(tf, x, b);
  const cellGradient = nativeOp(tf, { op: 'ZerosLike', attributes: { T: float32 }, inputs: [statesGradient], outputs: 1 })[0] as Tensor;
  const gradients = nativeOp(tf, {
    op: 'BlockLSTMGradV2',
    attributes: { T: float32, use_peephole: { bool: false } },
    inputs: [{ int64: time }, x, state, state, w, peephole, peephole, peephole, b, ...outputs, cellGradient, statesGradient],
    outputs: 8,
  });
  return [gradients[0], gradients[3], gradients[7]] as Tensor[];
}

function constants(tf: TensorFlow, x: Tensor, b: Tensor): { time: number; state: Tensor; peephole: Tensor } {
  const [time, batch] = x.shape as [number, number, number];
  const units = (b.shape[0] as number) / gateOrder.length;
  return { time, state: tf.zeros([batch, units]), peephole: tf.zeros([units]) };
}
