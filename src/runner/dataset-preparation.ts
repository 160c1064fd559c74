import { fork } from 'node:child_process';
import type { DatasetName } from '../objectives/text-classifier/datasets/catalogue.ts';
import type { PrepareMessage, PrepareRequest } from '../objectives/text-classifier/datasets/prepare-protocol.ts';

/** A dataset that is ready to be trained on. */
export interface PreparedDataset {
  readonly folder: string;
  readonly digest: string;
}

/** The dataset cannot be had here; the message says what to do. */
export class DatasetUnavailableError extends Error {
  override readonly name = 'DatasetUnavailableError';
}

/** Prepares datasets, each once at a time and once per runner as long as it goes well. Disposing it ends what it still prepares. */
export interface DatasetPreparation extends Disposable {
  /** @throws DatasetUnavailableError */
  prepare(name: DatasetName, onProgress: (text: string) => void): Promise<PreparedDataset>;
  /** Forgets a dataset whose files turned out broken: the next `prepare` looks again. */
  forget(name: DatasetName): void;
}

/**
 * Prepares datasets in a child process, so that tokenising half a minute of text never delays a heartbeat.
 *
 * @param options `entry`: path of the child's entry point
 */
export function datasetPreparation(options: { entry: string; dataFolder: string; imdbArchive: string | null }): DatasetPreparation {
  const ready = new Map<DatasetName, Promise<PreparedDataset>>();
  const listeners = new Set<(text: string) => void>();
  const disposed = new AbortController();
  return {
    prepare: async (name, onProgress) => {
      listeners.add(onProgress);
      const running =
        ready.get(name) ??
        runPreparation(
          options.entry,
          { name, dataFolder: options.dataFolder, imdbArchive: options.imdbArchive },
          disposed.signal,
          (text) => {
            for (const listener of listeners) listener(text);
          },
        );
      ready.set(name, running);
      try {
        return await running;
      } catch (error) {
        // Whoever waited with us may have begun anew already.
        if (ready.get(name) === running) ready.delete(name);
        throw error;
      } finally {
        listeners.delete(onProgress);
      }
    },
    forget: (name) => ready.delete(name),
    [Symbol.dispose]: () => disposed.abort(),
  };
}

async function runPreparation(
  entry: string,
  request: PrepareRequest,
  until: AbortSignal,
  onProgress: (text: string) => void,
): Promise<PreparedDataset> {
  const child = fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
  // Nobody waits for it any more; the next start builds anew.
  const stop = (): void => void child.kill('SIGKILL');
  until.addEventListener('abort', stop);
  const prepared = new Promise<PreparedDataset>((resolve, reject) => {
    child.on('message', (message: PrepareMessage) => {
      if (message.type === 'progress') onProgress(message.text);
      else if (message.type === 'done') resolve({ folder: message.folder, digest: message.digest });
      else reject(new DatasetUnavailableError(message.message));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new DatasetUnavailableError(`preparing ${request.name} ended early (${signal ?? `exit code ${code}`})`)),
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
