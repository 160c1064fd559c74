import type { Geometry } from './dimensions.ts';
import { type Distribution, startingDistribution } from './distribution.ts';
import { rootsOf } from './gaussian.ts';
import { firstPrimes } from './primes.ts';

/** A distribution, and what came of its generations. */
export interface Run {
  readonly distribution: Distribution;
  /** The step size it began with. */
  readonly sigma: number;
  /** Number of generations that must be alike. */
  readonly remembered: number;
  /** Best value of each of its latest generations, null where no trial completed; at most `remembered` of them, the latest last. */
  readonly bests: readonly (number | null)[];
  /** Values of the latest generation, those of trials that were stopped early aside. */
  readonly values: readonly (number | null)[];
}

/** Values that differ by less count as equal; deviations below this share of the first one as nothing. */
const leastDifference = 1e-12;
const leastShare = 1e-12;
/** Largest growth of a deviation, and largest condition number of the covariance. */
const mostGrowth = 1e4;
const mostCondition = 1e14;

/** Number of generations whose best values decide about a restart: 10 + ⌈30 n / λ⌉. */
export function remembered(dimensions: number, population: number): number {
  return 10 + Math.ceil((30 * dimensions) / population);
}

/**
 * True if a run has converged or can go no further: the stopping criteria EqualFunValues, TolFun, TolX, TolXUp, NoEffectCoord and
 * ConditionCov of Hansen, "The CMA Evolution Strategy: A Tutorial", 2016, appendix B.3.
 */
export function isOver(run: Run): boolean {
  return hasEqualValues(run) || (run.distribution.gaussian.mean.length > 0 && isDegenerate(run));
}

function hasEqualValues({ remembered: wanted, bests, values }: Run): boolean {
  if (bests.length < wanted) return false;
  return rangeOf(bests) === 0 || rangeOf([...bests, ...values]) < leastDifference;
}

/** The largest difference; 0 if there are no values but null, and NaN if there are both. */
function rangeOf(values: readonly (number | null)[]): number {
  const present = values.filter((value) => value !== null);
  if (present.length < values.length) return present.length === 0 ? 0 : Number.NaN;
  return Math.max(...present) - Math.min(...present);
}

function isDegenerate({ distribution: { gaussian }, sigma: firstSigma }: Run): boolean {
  const { mean, sigma, covariance, covariancePath } = gaussian;
  const size = mean.length;
  const { least, largest } = rootsOf(gaussian);
  const deviations = mean.map((_, index) => sigma * Math.sqrt(covariance[index * size + index] as number));
  const tolerance = leastShare * firstSigma;
  return (
    deviations.every((deviation, index) => deviation < tolerance && sigma * Math.abs(covariancePath[index] as number) < tolerance) ||
    sigma * largest > mostGrowth * firstSigma ||
    (largest / least) ** 2 > mostCondition ||
    deviations.some((deviation, index) => (mean[index] as number) + 0.2 * deviation === mean[index])
  );
}

/**
 * The start of a run: the middle of the cube for the first one. Later ones begin at the points of a Kronecker sequence, which spreads them
 * evenly: the fractional parts of ½ + k · √p for the primes p. The published restarts begin at random points; these follow from the
 * number of the run alone.
 */
export function startOf(geometry: Geometry, run: number, sigma: number, adaptsRates: boolean): Distribution {
  const mean = Float64Array.from(firstPrimes(geometry.numeric.length), (prime) => (0.5 + run * Math.sqrt(prime)) % 1);
  return startingDistribution(geometry, mean, sigma, adaptsRates);
}
