import type { SearchSettings } from './search.ts';
import type { RegionSettings } from './trust-region.ts';

/** Everything that decides a suggestion beside the trials. */
export interface GpSettings {
  /** Steps of the search for the most probable hyperparameters. */
  readonly fitSteps: number;
  readonly search: SearchSettings;
  /** The box of every second suggestion; null: all are from the whole space. */
  readonly region: RegionSettings | null;
  /** Trials that the hyperparameters are fitted to, and trials that the model is made of, at most. */
  readonly mostFitted: number;
  readonly mostModelled: number;
  /** With more trials or parameters than this, a suggestion is TPE's. */
  readonly mostTrials: number;
  readonly mostDimensions: number;
}

/** Chosen on problems of `bench/regret/problems` that the bench does not report. */
export const gpSettings: GpSettings = {
  fitSteps: 16,
  search: { scattered: 400, glanced: 100, centres: 5, aroundCentre: 30, kept: 6, rounds: 6, aroundKept: 20 },
  region: { start: 0.15, most: 0.5, least: 0.01, growth: 1.6, patience: 3 },
  mostFitted: 100,
  mostModelled: 400,
  mostTrials: 1000,
  mostDimensions: 40,
};
