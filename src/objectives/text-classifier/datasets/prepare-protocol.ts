import type { DatasetName } from './catalogue.ts';

/**
 * What a runner and the process that prepares a dataset say to each other over the channel of a child process. The
 * runner forks `prepare-process` by path and sends one request; progress comes any number of times, then one end.
 */
export interface PrepareRequest {
  readonly name: DatasetName;
  /** See `PrepareOptions`. */
  readonly dataFolder: string;
  /** Path of an IMDB archive, or null: the official one is downloaded. */
  readonly imdbArchive: string | null;
}

export type PrepareMessage = PrepareProgressMessage | PrepareDone | PrepareFailed;

/** How far it is: a line for people, and the share done (0 … 1) where it is known. */
export interface PrepareProgressMessage {
  readonly type: 'progress';
  readonly text: string;
  readonly share: number | null;
}

/** The dataset is whole. */
export interface PrepareDone {
  readonly type: 'done';
  /** What `openDataset` opens. */
  readonly folder: string;
  readonly digest: string;
}

/** The dataset cannot be prepared; the message says what to do. */
export interface PrepareFailed {
  readonly type: 'failed';
  readonly message: string;
}
