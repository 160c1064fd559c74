import { composed, eigenOf, lengthOf, times } from './eigen.ts';
import type { Strategy } from './strategy.ts';

/** The normal distribution of a search, N(m, σ²·C), with its evolution paths. */
export interface Gaussian {
  /** m, in the unit cube. */
  readonly mean: Float64Array;
  /** σ, the step size. */
  readonly sigma: number;
  /** C, row-major and symmetric. */
  readonly covariance: Float64Array;
  /** p_σ, the path of the step size. */
  readonly stepPath: Float64Array;
  /** p_c, the path of the covariance. */
  readonly covariancePath: Float64Array;
  /** Generations since the start of this distribution. */
  readonly age: number;
}

/** Roots of C and its extreme deviations, from its eigendecomposition. */
export interface Roots {
  /** C^½ and C^−½. */
  readonly root: Float64Array;
  readonly inverse: Float64Array;
  /** Standard deviations of the principal axes before the step size. */
  readonly least: number;
  readonly largest: number;
}

/** Replaces an eigenvalue that rounding made negative or 0. */
const replacedEigenvalue = 1e-8;
const leastEigenvalue = 1e-100;
/** Beyond these, a step size means nothing in the unit cube. The bounds keep every quotient finite. */
const leastSigma = 1e-32;
const largestSigma = 1e4;
/** Keeps the scale of a negative weight finite. */
const leastSquare = 1e-8;

/** The distribution that a search starts with: a ball. */
export function ball(mean: Float64Array, sigma: number): Gaussian {
  const size = mean.length;
  const covariance = new Float64Array(size * size);
  for (let index = 0; index < size; index += 1) covariance[index * size + index] = 1;
  return { mean, sigma, covariance, stepPath: new Float64Array(size), covariancePath: new Float64Array(size), age: 0 };
}

/** Roots that are kept: each is computed by the step that closes a generation, and used again by suggestions and by the next one. */
const mostKept = 32;
const kept: { readonly covariance: Float64Array; readonly roots: Roots }[] = [];

/** The square roots of a distribution's covariance. Those computed last are kept, by the covariance itself. */
export function rootsOf({ covariance, mean: { length: size } }: Pick<Gaussian, 'mean' | 'covariance'>): Roots {
  const place = kept.findIndex((each) => isSame(each.covariance, covariance));
  const [found] = place < 0 ? [] : kept.splice(place, 1);
  const roots = found?.roots ?? newRoots(covariance, size);
  kept.push({ covariance, roots });
  if (kept.length > mostKept) kept.shift();
  return roots;
}

function isSame(left: Float64Array, right: Float64Array): boolean {
  return left.length === right.length && left.every((entry, index) => entry === right[index]);
}

function newRoots(covariance: Float64Array, size: number): Roots {
  const { values, vectors } = eigenOf(covariance, size);
  const deviations = values.map((value) => Math.sqrt(value < leastEigenvalue ? replacedEigenvalue : value));
  const inverses = deviations.map((deviation) => 1 / deviation);
  return {
    root: composed(vectors, deviations, size),
    inverse: composed(vectors, inverses, size),
    least: Math.min(...deviations),
    largest: Math.max(...deviations),
  };
}

/**
 * The distribution after a generation (Hansen 2016, equations 41 to 47; rank-one and rank-μ update with active covariance matrix adaptation).
 *
 * @param roots of the distribution
 * @param steps the ranked points, best first, as steps of the distribution: y = (x − m) / σ
 * @param mostGrowth largest logarithm of the factor by which the step size may grow: Δσ_max of Hansen, "Injecting External Solutions Into
 * CMA-ES", 2011. Infinity without injected points
 */
export function adapted(
  gaussian: Gaussian,
  roots: Roots,
  steps: readonly Float64Array[],
  strategy: Strategy,
  mostGrowth = Number.POSITIVE_INFINITY,
): Gaussian {
  const { mean, sigma, covariance } = gaussian;
  const size = mean.length;
  const { parents, weights, effectiveParents, stepPathRate, stepDamping, covariancePathRate, expectedLength } = strategy;
  const age = gaussian.age + 1;
  const step = weightedSum(steps.slice(0, parents), weights, size);
  const stepPath = cumulated(gaussian.stepPath, times(roots.inverse, step), stepPathRate, effectiveParents);
  const length = lengthOf(stepPath);
  const growth = Math.min((stepPathRate / stepDamping) * (length / expectedLength - 1), mostGrowth);
  // h_σ: the path of the covariance stalls while the step size grows fast.
  const unbiased = length / Math.sqrt(1 - Math.exp(2 * (age + 1) * Math.log(1 - stepPathRate)));
  const isSteady = unbiased < (1.4 + 2 / (size + 1)) * expectedLength;
  const covariancePath = cumulated(gaussian.covariancePath, isSteady ? step : new Float64Array(size), covariancePathRate, effectiveParents);
  const lost = isSteady ? 0 : covariancePathRate * (2 - covariancePathRate);
  return {
    mean: mean.map((coordinate, index) => coordinate + sigma * (step[index] as number)),
    sigma: Math.min(Math.max(sigma * Math.exp(growth), leastSigma), largestSigma),
    covariance: adaptedCovariance(covariance, { covariancePath, lost, inverse: roots.inverse, steps }, strategy),
    stepPath,
    covariancePath,
    age,
  };
}

function weightedSum(vectors: readonly Float64Array[], weights: Float64Array, size: number): Float64Array {
  const sum = new Float64Array(size);
  for (const [rank, vector] of vectors.entries())
    for (let index = 0; index < size; index += 1)
      sum[index] = (sum[index] as number) + (weights[rank] as number) * (vector[index] as number);
  return sum;
}

function cumulated(path: Float64Array, step: Float64Array, rate: number, effectiveParents: number): Float64Array {
  const scale = Math.sqrt(rate * (2 - rate) * effectiveParents);
  return path.map((coordinate, index) => (1 - rate) * coordinate + scale * (step[index] as number));
}

interface CovarianceChange {
  readonly covariancePath: Float64Array;
  /** Share of the rank-one update that a stalled path lost, which C keeps instead. */
  readonly lost: number;
  readonly inverse: Float64Array;
  readonly steps: readonly Float64Array[];
}

function adaptedCovariance(
  covariance: Float64Array,
  { covariancePath: path, lost, inverse, steps }: CovarianceChange,
  { weights, rankOneRate, rankMuRate }: Strategy,
): Float64Array {
  const size = path.length;
  const kept = 1 + rankOneRate * lost - rankOneRate - rankMuRate * weights.reduce((sum, weight) => sum + weight, 0);
  const scaled = steps.map((step, rank) => scaledWeight(weights[rank] as number, step, inverse));
  const next = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let rankMu = 0;
      for (const [rank, step] of steps.entries()) rankMu += (scaled[rank] as number) * ((step[row] as number) * (step[column] as number));
      const rankOne = (path[row] as number) * (path[column] as number);
      const entry = kept * (covariance[row * size + column] as number) + rankOneRate * rankOne + rankMuRate * rankMu;
      next[row * size + column] = entry;
      next[column * size + row] = entry;
    }
  }
  return next;
}

/** A negative weight is divided by the squared length of its step, so that C stays positive definite (equation 46). */
function scaledWeight(weight: number, step: Float64Array, inverse: Float64Array): number {
  if (weight >= 0) return weight;
  const length = lengthOf(times(inverse, step));
  return (weight * step.length) / (length * length + leastSquare);
}
