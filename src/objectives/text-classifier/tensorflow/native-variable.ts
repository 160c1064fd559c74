import type { Tensor, TensorFlow } from './load.ts';
import { type NativeAttribute, nativeOp } from './native-op.ts';

const float32Dtype: Readonly<Record<string, NativeAttribute>> = { dtype: { type: 'float32' } };

/** The name that makes a variable private to its handle, so that it is freed with the handle. */
const anonymousName = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/**
 * A float32 variable of the native library, which optimizer ops change in place: one op per step where tensors would need
 * ten. Owns native memory; dispose it.
 */
export class NativeVariable implements Disposable {
  readonly shape: readonly number[];
  /** Handle for the inputs `var`, `m`, `v` … of native ops: a scalar of the library's resource type. */
  readonly handle: Tensor;
  readonly #tf: TensorFlow;

  constructor(tf: TensorFlow, shape: readonly number[], values: Float32Array) {
    this.#tf = tf;
    this.shape = shape;
    const attributes = { ...float32Dtype, shape: { shape }, shared_name: { text: anonymousName } };
    this.handle = tf.keep(nativeOp(tf, { op: 'VarHandleOp', attributes, inputs: [], outputs: 1 })[0] as Tensor);
    this.assign(values);
  }

  /** Returns the current value as a tensor that the caller owns. Later updates do not change it. */
  read(): Tensor {
    return nativeOp(this.#tf, { op: 'ReadVariableOp', attributes: float32Dtype, inputs: [this.handle], outputs: 1 })[0] as Tensor;
  }

  /** Copies the current values, in row-major order. */
  values(): Float32Array {
    const tensor = this.read();
    const values = tensor.dataSync();
    tensor.dispose();
    if (!(values instanceof Float32Array)) throw new Error('expected 32-bit floats');
    return values;
  }

  /** Sets the values. @throws Error when their number does not match the shape */
  assign(values: Float32Array): void {
    // A copy, because the library may read the array later and the caller may change it.
    const tensor = this.#tf.tensor(values.slice(), [...this.shape], 'float32');
    nativeOp(this.#tf, { op: 'AssignVariableOp', attributes: float32Dtype, inputs: [this.handle, tensor], outputs: 0 });
    tensor.dispose();
  }

  [Symbol.dispose](): void {
    this.handle.dispose();
  }
}
