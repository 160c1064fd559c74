import type { Problem, SuggestionRequest } from '../contract.ts';
import type { Geometry, Point } from './dimensions.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import type { LocalModel } from './local-model.ts';
import type { Shape } from './proposals.ts';
import type { Acquisition } from './search.ts';
import type { GpSettings } from './settings.ts';
import type { RegionSettings } from './trust-region.ts';

/** Everything that a model is made of. */
export interface ModelInputs {
  readonly problem: Problem;
  readonly settings: GpSettings;
  readonly request: SuggestionRequest;
  readonly geometry: Geometry;
  readonly layout: Hyperparameters;
}

/** A model of the trials, as the search for the next one needs it. */
export interface Model {
  readonly acquisition: Acquisition;
  /** Hyperparameters of its processes; one of them shapes the proposals. */
  readonly thetas: readonly Float64Array[];
  /** Tried points around which candidates are drawn: the most promising first. */
  readonly best: readonly Point[];
  /** Keys of everything that was tried or is being tried. */
  readonly tried: ReadonlySet<string>;
  /** The width of the box around the first of the best points. */
  readonly widthOfBox: (settings: RegionSettings) => number;
  /** A model of the trials around a point alone; null if there is none, or not yet. */
  readonly localModel: (centre: Point, shape: Shape) => LocalModel | null;
}

/** Fewer values than this say nothing about a function. */
export const leastValues = 3;
