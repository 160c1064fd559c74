/**
 * What a process that prepares data says to the runner that started it, over the channel of a child process. The runner sends one
 * request, in the evaluator's own words; progress comes any number of times, then one end.
 */
export type PreparationMessage = PreparationProgress | PreparationDone | PreparationFailed;

/** How far it is: a line for people, and the share done (0 … 1) where it is known. */
export interface PreparationProgress {
  readonly type: 'progress';
  readonly text: string;
  readonly share: number | null;
}

/** The data is whole. */
export interface PreparationDone {
  readonly type: 'done';
  readonly folder: string;
  /** Names the contents of the folder. */
  readonly digest: string;
}

/** The data cannot be prepared; the message says what to do. */
export interface PreparationFailed {
  readonly type: 'failed';
  readonly message: string;
}
