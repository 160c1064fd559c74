import type { FitSettings } from './fit.ts';
import type { LocalSettings } from './local-model.ts';
import type { SearchSettings } from './search.ts';
import type { RegionSettings } from './trust-region.ts';

/** Everything that decides a suggestion beside the trials. */
export interface GpSettings {
  readonly fit: FitSettings;
  /**
   * The same from `from` trials with a value on, and always for the local model; with several metrics `fit` is used. A search that begins at the mean of the prior takes many
   * trials near the best one, with nearly its value, for noise, and stays there; one that begins with next to no noise finds what there is.
   */
  readonly longFit: FitSettings & { readonly from: number };
  readonly search: SearchSettings;
  /** The box of every second suggestion; null: all are from the whole space. */
  readonly region: RegionSettings | null;
  /** The model of the trials around the best one, which makes every second of those suggestions; null: none does. */
  readonly local: LocalSettings | null;
  /** Trials that the hyperparameters are fitted to, and trials that the model is made of, at most. */
  readonly mostFitted: number;
  readonly mostModelled: number;
  /** With more trials or parameters than this, a suggestion is TPE's. */
  readonly mostTrials: number;
  readonly mostDimensions: number;
}

/** Chosen on problems of `bench/regret/problems` that the bench does not report. */
export const gpSettings: GpSettings = {
  fit: { steps: 16, noise: null },
  longFit: { from: 90, steps: 40, noise: -14 },
  search: { scattered: 400, glanced: 100, centres: 5, aroundCentre: 30, kept: 6, rounds: 6, aroundKept: 20 },
  region: { start: 0.15, most: 0.5, least: 0.01, growth: 1.6, patience: 3 },
  local: { from: 70, base: 12, perNumber: 6, most: 100 },
  mostFitted: 100,
  mostModelled: 400,
  mostTrials: 1000,
  mostDimensions: 40,
};
