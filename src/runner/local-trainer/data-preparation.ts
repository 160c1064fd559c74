import { fork } from 'node:child_process';
import type { PreparedData } from '../../objectives/evaluator.ts';
import type { PreparationMessage } from '../../objectives/preparation-protocol.ts';
import { canonicalText, type Json } from '../../shared/digest.ts';

/** The data is not available here. The message says what to do. */
export class DataUnavailableError extends Error {
  override readonly name = 'DataUnavailableError';
}

/** A preparation: its program and its request. */
export interface Preparation {
  /** Path of the program. */
  readonly entry: string;
  readonly request: Readonly<Record<string, Json>>;
}

/** Prepares data. Equal requests share one preparation, and a success is kept for the life of the runner. Disposing it ends the preparations in progress. */
export interface DataPreparations extends Disposable {
  /** @throws DataUnavailableError */
  prepare(preparation: Preparation, onProgress: (text: string) => void): Promise<PreparedData>;
  /** Forgets data whose files turned out to be broken, so that the next `prepare` checks it again. */
  forget(preparation: Preparation): void;
}

/** Prepares data in child processes, because reading text for half a minute would delay heartbeats. */
export function dataPreparations(): DataPreparations {
  const ready = new Map<string, Promise<PreparedData>>();
  const listeners = new Map<string, Set<(text: string) => void>>();
  const disposed = new AbortController();
  const begin = (key: string, preparation: Preparation): Promise<PreparedData> =>
    runPreparation(preparation, disposed.signal, (text) => {
      for (const listener of listeners.get(key) ?? []) listener(text);
    });
  return {
    prepare: async (preparation, onProgress) => {
      const key = keyOf(preparation);
      const heard = listeners.get(key) ?? new Set();
      listeners.set(key, heard.add(onProgress));
      const running = ready.get(key) ?? begin(key, preparation);
      ready.set(key, running);
      try {
        return await running;
      } catch (error) {
        // Another caller that waited for it may have started again already.
        if (ready.get(key) === running) ready.delete(key);
        throw error;
      } finally {
        heard.delete(onProgress);
      }
    },
    forget: (preparation) => ready.delete(keyOf(preparation)),
    [Symbol.dispose]: () => disposed.abort(),
  };
}

function keyOf({ entry, request }: Preparation): string {
  return canonicalText({ entry, request });
}

async function runPreparation(
  { entry, request }: Preparation,
  until: AbortSignal,
  onProgress: (text: string) => void,
): Promise<PreparedData> {
  const child = fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
  // Nothing waits for it any more; the next start builds it again.
  const stop = (): void => void child.kill('SIGKILL');
  until.addEventListener('abort', stop);
  const prepared = new Promise<PreparedData>((resolve, reject) => {
    child.on('message', (message: PreparationMessage) => {
      if (message.type === 'progress') onProgress(message.text);
      else if (message.type === 'done') resolve({ folder: message.folder, digest: message.digest });
      else reject(new DataUnavailableError(message.message));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new DataUnavailableError(`preparing the data ended early (${signal ?? `exit code ${code}`})`)),
    );
  });
  child.send(request);
  try {
    return await prepared;
  } finally {
    until.removeEventListener('abort', stop);
    if (child.connected) child.disconnect();
  }
}
