import type { DatasetName } from './catalogue.ts';

/** A request to `prepare-process`. */
export interface PrepareRequest {
  readonly name: DatasetName;
  /** Version of its texts. */
  readonly version: number;
  /** See `PrepareOptions`. */
  readonly dataFolder: string;
  /** Path of an IMDB archive, or null: the official one is downloaded. */
  readonly imdbArchive: string | null;
}
