import type { Configuration } from '../space/configuration.ts';

/** A part of a campaign, or a study alone, that may have a published counterpart. */
export interface PublishedPart<Options> {
  readonly name: string;
  /** Type of its sampler. */
  readonly sampler: string;
  readonly options: Options;
}

/** A published result, in the columns of a report. */
export interface PublishedResult {
  /** The source in two or three words, such as `the paper`. */
  readonly source: string;
  /** The best configuration. */
  readonly parameters: Configuration;
  /** The headline of the held-out measurement (see `Evaluations`). */
  readonly headline: number | null;
  /** Time on a clock. */
  readonly seconds: number | null;
  /** Comparability of the figures with ours, in one sentence. */
  readonly note: string;
}
