import type { SplitName } from './split.ts';

/** One labelled text of a dataset, as it was published. */
export interface SourceText {
  /** Unique within the dataset, and the same however the dataset is packed. */
  readonly path: string;
  /** 1 for the positive class. */
  readonly label: 0 | 1;
  readonly text: string;
}

/** How far a preparation has come: a line for people, and the share done (0 … 1) where it is known. */
export interface PrepareProgress {
  readonly text: string;
  readonly share: number | null;
}

export type OnProgress = (progress: PrepareProgress) => void;

/** Where the texts of a dataset come from, and which split each belongs to. */
export interface DatasetSource {
  /** Identity of what is read; another source is prepared into another folder. */
  readonly identity: string;
  /** Reads all texts, in any order. */
  read(onProgress: OnProgress): AsyncIterable<SourceText>;
  /** The texts of each split, as indices into the paths, in the order the rows are stored. */
  assign(paths: readonly string[]): Record<SplitName, Uint32Array>;
}
