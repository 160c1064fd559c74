import { eigenOf, times } from './eigen.ts';
import type { Gaussian, Roots } from './gaussian.ts';

/** The signal-to-noise estimate of one part of the distribution, and its learning rate. */
export interface PartRate {
  /** E, the moving average of its steps in local coordinates. */
  readonly average: Float64Array;
  /** V, the moving average of their squared lengths. */
  readonly square: number;
  /** η, 0 … 1. */
  readonly rate: number;
}

/** Learning rates of the mean m and of the covariance Σ = σ²·C. */
export interface LearningRates {
  readonly mean: PartRate;
  readonly covariance: PartRate;
}

/** α, β_m, β_Σ and γ of the paper: the aimed ratio of signal to noise, the rates of the averages, and that of the learning rates. */
const aimedRatio = 1.4;
const meanMemory = 0.1;
const covarianceMemory = 0.03;
const rateChange = 0.1;
/** Stands for an eigenvalue that rounding made negative or 0. */
const leastEigenvalue = 1e-200;

/** Learning rates at the start of a distribution. */
export function fullRates(dimensions: number): LearningRates {
  return {
    mean: { average: new Float64Array(dimensions), square: 0, rate: 1 },
    covariance: { average: new Float64Array(dimensions * dimensions), square: 0, rate: 1 },
  };
}

/**
 * Shortens the step of a generation where its signal drowns in noise (Nomura, Akimoto and Ono, "CMA-ES with Learning Rate Adaptation: Can CMA-ES
 * with Default Population Size Solve Multimodal and Noisy Problems?", GECCO 2023, section 4).
 *
 * @param before the distribution and its roots
 * @param after the same after the generation, with full learning rates
 */
export function slowed(
  rates: LearningRates,
  before: Gaussian,
  roots: Roots,
  after: Gaussian,
): { readonly gaussian: Gaussian; readonly rates: LearningRates } {
  const size = before.mean.length;
  const meanStep = after.mean.map((coordinate, index) => coordinate - (before.mean[index] as number));
  const start = scaled(before.covariance, before.sigma ** 2);
  const covarianceStep = scaled(after.covariance, after.sigma ** 2).map((entry, index) => entry - (start[index] as number));
  const local = scaled(roots.inverse, 1 / before.sigma);
  const localCovariance = scaled(product(local, product(covarianceStep, local, size), size), 1 / Math.SQRT2);
  const mean = followed(rates.mean, times(local, meanStep), meanMemory);
  const covariance = followed(rates.covariance, localCovariance, covarianceMemory);
  const slow = start.map((entry, index) => entry + covariance.rate * (covarianceStep[index] as number));
  const sigma = Math.exp(logDeterminant(slow, size) / (2 * size));
  const gaussian = {
    ...after,
    mean: before.mean.map((coordinate, index) => coordinate + mean.rate * (meanStep[index] as number)),
    // The optimal step size is inversely proportional to the learning rate of the mean.
    sigma: (sigma * rates.mean.rate) / mean.rate,
    covariance: scaled(slow, 1 / sigma ** 2),
  };
  return { gaussian, rates: { mean, covariance } };
}

/** The averages and the learning rate after a step. */
function followed({ average, square, rate }: PartRate, step: Float64Array, memory: number): PartRate {
  const nextAverage = average.map((entry, index) => (1 - memory) * entry + memory * (step[index] as number));
  const nextSquare = (1 - memory) * square + memory * squareOf(step);
  const signal = squareOf(nextAverage);
  const noise = nextSquare - signal;
  const ratio = noise > 0 ? (signal - (memory / (2 - memory)) * nextSquare) / noise : 0;
  const relative = Math.min(Math.max(ratio / aimedRatio / rate - 1, -1), 1);
  return {
    average: nextAverage,
    square: nextSquare,
    rate: Math.min(rate * Math.exp(Math.min(rateChange * rate, memory) * relative), 1),
  };
}

function squareOf(vector: Float64Array): number {
  return vector.reduce((sum, entry) => sum + entry * entry, 0);
}

function scaled(matrix: Float64Array, factor: number): Float64Array {
  return matrix.map((entry) => entry * factor);
}

function product(left: Float64Array, right: Float64Array, size: number): Float64Array {
  const entries = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1) {
      let sum = 0;
      for (let k = 0; k < size; k += 1) sum += (left[row * size + k] as number) * (right[k * size + column] as number);
      entries[row * size + column] = sum;
    }
  return entries;
}

function logDeterminant(matrix: Float64Array, size: number): number {
  return eigenOf(matrix, size).values.reduce((sum, value) => sum + Math.log(Math.max(value, leastEigenvalue)), 0);
}
