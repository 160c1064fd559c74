import type { Tensor, TensorFlow } from './load.ts';
import { type NativeAttribute, nativeOp } from './native-op.ts';

const DTYPE: Readonly<Record<string, NativeAttribute>> = { dtype: { type: 'float32' } };

/** The name that makes a variable private to its handle: it is freed with the handle. */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/**
 * A float32 variable of the native library, which optimizer ops change in place: one op a step where tensors would need
 * ten. Owns its memory; dispose it.
 */
export class NativeVariable implements Disposable {
  readonly shape: readonly number[];
  /** What native ops take as `var`, `m`, `v` …: a scalar of the library's resource type. */
  readonly handle: Tensor;
  readonly #tf: TensorFlow;

  constructor(tf: TensorFlow, shape: readonly number[], values: Float32Array) {
    this.#tf = tf;
    this.shape = shape;
    const attributes = { ...DTYPE, shape: { shape }, shared_name: { text: ANONYMOUS } };
    this.handle = tf.keep(nativeOp(tf, { op: 'VarHandleOp', attributes, inputs: [], outputs: 1 })[0] as Tensor);
    this.assign(values);
  }

  /** The current value as a tensor of the caller's; later updates do not show in it. */
  read(): Tensor {
    return nativeOp(this.#tf, { op: 'ReadVariableOp', attributes: DTYPE, inputs: [this.handle], outputs: 1 })[0] as Tensor;
  }

  /** A copy of the current values, in row-major order. */
  values(): Float32Array {
    const tensor = this.read();
    const values = tensor.dataSync();
    tensor.dispose();
    if (!(values instanceof Float32Array)) throw new Error('expected 32-bit floats');
    return values;
  }

  /** @throws Error when there are not as many values as the shape has places */
  assign(values: Float32Array): void {
    // A copy: the library may read the array itself, and the caller may change it later.
    const tensor = this.#tf.tensor(values.slice(), [...this.shape], 'float32');
    nativeOp(this.#tf, { op: 'AssignVariableOp', attributes: DTYPE, inputs: [this.handle, tensor], outputs: 0 });
    tensor.dispose();
  }

  [Symbol.dispose](): void {
    this.handle.dispose();
  }
}
