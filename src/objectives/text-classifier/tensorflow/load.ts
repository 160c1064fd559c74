import { createRequire } from 'node:module';
import util from 'node:util';

/** The library with its native add-on, as `@tensorflow/tfjs-node` exports it. */
export type TensorFlow = typeof import('@tensorflow/tfjs-node');
export type Tensor = import('@tensorflow/tfjs-node').Tensor;

/**
 * What the native library reads from the environment when it is loaded. One thread each: with one thread a seed gives the
 * same weights bit for bit, and one process per core trains about twice as much as one process with all cores.
 */
export const NATIVE_ENVIRONMENT: Readonly<Record<string, string>> = {
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  OMP_NUM_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '3',
};

/**
 * Loads TensorFlow with its native add-on: the one place that does, and only when it is called. What the process was
 * given in its environment is respected; see `NATIVE_ENVIRONMENT` for the rest.
 *
 * @throws Error when it cannot be loaded, with a message that says how to get it
 */
export function loadTensorFlow(): TensorFlow {
  for (const [name, value] of Object.entries(NATIVE_ENVIRONMENT)) process.env[name] ??= value;
  mendNodeUtil();
  try {
    const tf: TensorFlow = createRequire(import.meta.url)('@tensorflow/tfjs-node');
    tf.enableProdMode();
    return tf;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new Error(`Training needs the native TensorFlow add-on, which could not be loaded (${reason}). "npm run setup" installs it.`, {
      cause,
    });
  }
}

/** The library calls `util.isNullOrUndefined`, which Node 23 removed. */
function mendNodeUtil(): void {
  const legacy: { isNullOrUndefined?: (value: unknown) => boolean } = util;
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
