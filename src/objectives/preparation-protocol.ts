/**
 * Messages from a data preparation process to the runner that started it, over the channel of a child process. The runner sends one
 * request, in the evaluator's own format; progress follows any number of times, then one end.
 */
export type PreparationMessage = PreparationProgress | PreparationDone | PreparationFailed;

/** Progress: a line for people, and the share done (0 … 1) if it is known. */
export interface PreparationProgress {
  readonly type: 'progress';
  readonly text: string;
  readonly share: number | null;
}

/** The data is whole. */
export interface PreparationDone {
  readonly type: 'done';
  readonly folder: string;
  /** Digest of the folder's contents. */
  readonly digest: string;
}

/** The data cannot be prepared; the message contains the remedy. */
export interface PreparationFailed {
  readonly type: 'failed';
  readonly message: string;
}
