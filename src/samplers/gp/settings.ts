import type { FitSettings } from './fit.ts';
import type { SearchSettings } from './search.ts';

/** Everything that decides a suggestion beside the trials. */
export interface GpSettings {
  readonly fit: FitSettings;
  readonly search: SearchSettings;
  /** Trials that the hyperparameters are fitted to, and trials that the model is made of, at most. */
  readonly mostFitted: number;
  readonly mostModelled: number;
  /** With more trials or parameters than this, a suggestion is TPE's. */
  readonly mostTrials: number;
  readonly mostDimensions: number;
}

/** Chosen on problems of `bench/samplers/problems` that the bench does not report. */
export const gpSettings: GpSettings = {
  fit: { steps: 16, sets: 2, moves: 2, leap: 0.15 },
  search: { scattered: 400, glanced: 100, centres: 5, aroundCentre: 30, kept: 6, rounds: 6, aroundKept: 20 },
  mostFitted: 100,
  mostModelled: 200,
  mostTrials: 1000,
  mostDimensions: 40,
};
