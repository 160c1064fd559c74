import { createRequire } from 'node:module';
import util from 'node:util';

/** The library with its native add-on, as `@tensorflow/tfjs-node` exports it. */
export type TensorFlow = typeof import('@tensorflow/tfjs-node');
export type Tensor = import('@tensorflow/tfjs-node').Tensor;

/**
 * Environment variables that the native library reads when it is loaded. It runs one thread: with one thread, a seed gives
 * the same weights bit for bit, and one process per core trains about twice as much as one process on all cores.
 */
export const nativeEnvironment: Readonly<Record<string, string>> = {
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  OMP_NUM_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '3',
};

/**
 * Loads TensorFlow with its native add-on. No other place loads it, and only this call does. Variables that are already set
 * in the process's environment take precedence over `nativeEnvironment`.
 *
 * @throws Error when it cannot be loaded, with a message that says how to get it
 */
export function loadTensorFlow(): TensorFlow {
  for (const [name, value] of Object.entries(nativeEnvironment)) process.env[name] ??= value;
  mendNodeUtil();
  try {
    const tf: TensorFlow = createRequire(import.meta.url)('@tensorflow/tfjs-node');
    tf.enableProdMode();
    return tf;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new Error(
      `training needs the native TensorFlow add-on, which could not be loaded (${reason}): run "npm run setup" to install it`,
      {
        cause,
      },
    );
  }
}

/** Restores `util.isNullOrUndefined`, which the library calls and Node 23 removed. */
function mendNodeUtil(): void {
  const legacy: { isNullOrUndefined?: (value: unknown) => boolean } = util;
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
