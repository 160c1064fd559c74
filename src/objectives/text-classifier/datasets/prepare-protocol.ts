import type { DatasetName } from './catalogue.ts';

/**
 * The runner's request to the process that prepares a dataset, over the channel of a child process. The runner forks
 * `prepare-process` by path and sends one request. The process answers with any number of progress messages, then with
 * exactly one `done` or `failed`.
 */
export interface PrepareRequest {
  readonly name: DatasetName;
  /** See `PrepareOptions`. */
  readonly dataFolder: string;
  /** Path of an IMDB archive, or null to download the official one. */
  readonly imdbArchive: string | null;
}

export type PrepareMessage = PrepareProgressMessage | PrepareDone | PrepareFailed;

/** Progress: a line for people, and the completed share (0 … 1) if it is known. */
export interface PrepareProgressMessage {
  readonly type: 'progress';
  readonly text: string;
  readonly share: number | null;
}

/** The dataset is complete. */
export interface PrepareDone {
  readonly type: 'done';
  /** Folder for `openDataset`. */
  readonly folder: string;
  readonly digest: string;
}

/** The dataset cannot be prepared; the message says what to do. */
export interface PrepareFailed {
  readonly type: 'failed';
  readonly message: string;
}
