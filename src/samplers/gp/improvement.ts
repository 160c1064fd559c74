import { logRootTwoPi, scaledComplementaryError } from '../../shared/normal.ts';

/** Below this, the factor of the tail is its limit in doubles. */
const farOut = -1000;

/**
 * ln h(z), with h(z) = φ(z) + z·Φ(z): the logarithm of the expected improvement in units of the deviation (Ament et al., "Unexpected Improvements to
 * Expected Improvement for Bayesian Optimization", 2023, section 4.1). Exact where the improvement itself underflows.
 */
export function logImprovement(z: number): number {
  const logDensity = -0.5 * z * z - logRootTwoPi;
  if (z > -1) {
    const below = z > 0 ? 1 - halfTail(z) : halfTail(-z);
    return Math.log(Math.exp(logDensity) + z * below);
  }
  if (z < farOut) return logDensity - 2 * Math.log(-z);
  return logDensity + Math.log1p(z * Math.sqrt(Math.PI / 2) * scaledComplementaryError(-z * Math.SQRT1_2));
}

/** The standard normal probability above z ≥ 0. */
function halfTail(z: number): number {
  return 0.5 * Math.exp(-0.5 * z * z) * scaledComplementaryError(z * Math.SQRT1_2);
}
