import type { Tensor, TensorFlow } from './load.ts';

/** An input of a native op: a tensor, or a 64-bit scalar, for which the library has no tensor. */
export type NativeInput = Tensor | { readonly int64: number };

/** An attribute of a native op, by its kind. */
export type NativeAttribute =
  | { readonly type: 'float32' | 'int32' }
  | { readonly bool: boolean }
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly shape: readonly number[] };

export interface NativeCall {
  /** The op's registered name, e.g. `BlockLSTMV2`. */
  readonly op: string;
  readonly attributes: Readonly<Record<string, NativeAttribute>>;
  readonly inputs: readonly NativeInput[];
  /** Number of outputs of the op. */
  readonly outputs: number;
}

/** The part of the native backend that runs an op by name. It identifies tensors by number. */
interface NodeBackend {
  readonly binding: Binding;
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  createOutputTensor(metadata: OutputMetadata): Tensor;
}

interface Binding {
  readonly TF_Version: string;
  readonly [constant: `TF_ATTR_${string}`]: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  createTensor(shape: readonly number[], dtype: number, values: Int32Array): number;
  deleteTensor(id: number): void;
  executeOp(name: string, attributes: readonly BindingAttribute[], inputs: readonly number[], outputs: number): OutputMetadata[];
}

interface BindingAttribute {
  readonly name: string;
  readonly type: number | undefined;
  readonly value: number | boolean | string | readonly number[];
}

interface OutputMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** Returns the version of the native library, e.g. `2.21.0`. */
export function nativeVersion(tf: TensorFlow): string {
  return nodeBackend(tf).binding.TF_Version;
}

/**
 * Runs any op of the native library. The caller (or the surrounding tidy) owns the outputs. No gradient is recorded: wrap
 * the call in `tf.customGrad` for one.
 *
 * @throws Error with the library's message when the op rejects its inputs, or when another backend is active
 */
export function nativeOp(tf: TensorFlow, { op, attributes, inputs, outputs }: NativeCall): Tensor[] {
  const backend = nodeBackend(tf);
  const scalars: number[] = [];
  const ids = inputs.map((input) => {
    if (!('int64' in input)) return backend.getInputTensorIds([input])[0] as number;
    const id = backend.binding.createTensor([], backend.binding.TF_INT64, new Int32Array([input.int64, 0]));
    scalars.push(id);
    return id;
  });
  try {
    const named = Object.entries(attributes).map(([name, attribute]) => bindingAttribute(backend.binding, name, attribute));
    return backend.binding.executeOp(op, named, ids, outputs).map((metadata) => backend.createOutputTensor(metadata));
  } finally {
    // The library never frees its own 64-bit scalars; we free ours.
    for (const id of scalars) backend.binding.deleteTensor(id);
  }
}

function bindingAttribute(binding: Binding, name: string, attribute: NativeAttribute): BindingAttribute {
  if ('type' in attribute) {
    return { name, type: binding.TF_ATTR_TYPE, value: attribute.type === 'float32' ? binding.TF_FLOAT : binding.TF_INT32 };
  }
  if ('bool' in attribute) return { name, type: binding.TF_ATTR_BOOL, value: attribute.bool };
  if ('int' in attribute) return { name, type: binding.TF_ATTR_INT, value: attribute.int };
  if ('float' in attribute) return { name, type: binding.TF_ATTR_FLOAT, value: attribute.float };
  if ('text' in attribute) return { name, type: binding.TF_ATTR_STRING, value: attribute.text };
  return { name, type: binding.TF_ATTR_SHAPE, value: attribute.shape };
}

function nodeBackend(tf: TensorFlow): NodeBackend {
  const backend: unknown = tf.backend();
  if (!isNodeBackend(backend)) throw new Error(`expected the native TensorFlow backend, got "${tf.getBackend()}"`);
  return backend;
}

function isNodeBackend(backend: unknown): backend is NodeBackend {
  return (
    typeof backend === 'object' &&
    backend !== null &&
    'binding' in backend &&
    'getInputTensorIds' in backend &&
    'createOutputTensor' in backend
  );
}
