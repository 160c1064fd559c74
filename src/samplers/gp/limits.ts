import { scaledComplementaryError } from '../../shared/normal.ts';
import type { Point } from './dimensions.ts';
import { type FitSettings, mostProbable } from './fit.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import { Posterior } from './posterior.ts';

/** Trials whose distance from the limits of the study is known. */
export interface Limited {
  readonly points: readonly Point[];
  /** The violation at each of them: 0 for a trial that keeps all limits. */
  readonly violations: Float64Array;
}

/** The output of a trial that keeps all limits; one with the median violation has as much on the other side. */
const kept = -1;
/** The largest output: how far beyond a limit a trial is matters little when it is far. */
const farthest = 3;

/**
 * The chance that a trial keeps all limits of the study, from a process of its own over the signed distance of the trials: the factor that
 * the expected improvement has in Gardner et al., "Bayesian Optimization with Inequality Constraints", ICML 2014, section 3. The limits have
 * one process together, because a study reports the sum of their violations.
 */
export class Limits {
  readonly #posterior: Posterior;

  constructor(layout: Hyperparameters, { points, violations }: Limited, settings: FitSettings) {
    const outputs = signedDistances(violations);
    this.#posterior = new Posterior(layout, mostProbable(layout, { points, values: outputs }, settings), points, outputs);
  }

  /** Logarithms of the chances at some points. */
  logChances(points: readonly Point[]): Float64Array {
    const { means, deviations } = this.#posterior.predict(points);
    return means.map((mean, index) => logNormalBelow(-mean / (deviations[index] as number)));
  }
}

/** Distances from the boundary of what is allowed, in units of the median violation; below 0 where all limits are kept. */
export function signedDistances(violations: Float64Array): Float64Array {
  const beyond = violations.filter((violation) => violation > 0).sort();
  const unit = beyond[beyond.length >> 1] ?? 1;
  return violations.map((violation) => (violation > 0 ? Math.min(violation / unit, farthest) : kept));
}

/** The logarithm of the standard normal probability below `z`. */
export function logNormalBelow(z: number): number {
  const tail = 0.5 * scaledComplementaryError(Math.abs(z) * Math.SQRT1_2);
  return z < 0 ? Math.log(tail) - 0.5 * z * z : Math.log1p(-tail * Math.exp(-0.5 * z * z));
}
