import type { SplitName } from './split.ts';

/** One labelled text of a dataset, as published. */
export interface SourceText {
  /** Unique within the dataset, and independent of how the dataset is packed. */
  readonly path: string;
  /** 1 for the positive class. */
  readonly label: 0 | 1;
  readonly text: string;
}

/** Progress of a preparation: a line for people, and the completed share (0 … 1) if it is known. */
export interface PrepareProgress {
  readonly text: string;
  readonly share: number | null;
}

export type OnProgress = (progress: PrepareProgress) => void;

/** Provides the texts of a dataset and assigns them to splits. */
export interface DatasetSource {
  /** Identity of the source. Datasets of different sources are prepared in different folders. */
  readonly identity: string;
  /**
   * Reads all texts, in any order.
   *
   * @throws DomainError `dataset-unavailable` when they cannot be read
   */
  read(onProgress: OnProgress): AsyncIterable<SourceText>;
  /** Returns the texts of each split as indices into `paths`, in the order in which the rows are stored. */
  assign(paths: readonly string[]): Record<SplitName, Uint32Array>;
}
