import { invariant } from '../../shared/errors.ts';
import type { Point } from './dimensions.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import { type Columns, Kernel } from './kernel.ts';
import { leastNoise } from './loss.ts';
import { dot, factorise, invertTransposed, solve, transposedUpper } from './matrix.ts';

/** The posterior's variance is at least this. */
const leastVariance = 1e-12;
/** Candidates that are predicted side by side. */
const batchSize = 4;

/** Mean and standard deviation of the function at some points. */
export interface Prediction {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** A Gaussian process with zero mean, given some outputs. */
export class Posterior {
  readonly kernel: Kernel;
  readonly #size: number;
  readonly #columns: Columns;
  /** K⁻¹·y */
  readonly #weights: Float64Array;
  /** L⁻¹, row by row. */
  readonly #inverse: Float64Array;

  /** @throws Error if a covariance is not finite */
  constructor(layout: Hyperparameters, theta: Float64Array, points: readonly Point[], outputs: Float64Array) {
    invariant(outputs.length === points.length, 'a process has an output at each of its points');
    this.kernel = new Kernel(layout, theta);
    this.#size = points.length;
    this.#columns = this.kernel.columns(points);
    const factor = factorOf(this.kernel, this.#columns, this.#size);
    this.#weights = solve(factor, this.#size, outputs);
    const inverse = new Float64Array(this.#size ** 2);
    invertTransposed(factor, this.#size, inverse);
    this.#inverse = transposedUpper(inverse, this.#size);
  }

  /** Means alone, which cost much less. */
  meansAt(points: readonly Point[]): Float64Array {
    const columns = this.kernel.columns(points);
    const covariances = new Float64Array(this.#size);
    return Float64Array.from(points, (_, index) => {
      this.kernel.covariances(columns, index, this.#columns, this.#size, covariances, 0);
      return dot(covariances, 0, this.#weights, 0, this.#size);
    });
  }

  /** Means and deviations. */
  predict(points: readonly Point[]): Prediction {
    const size = this.#size;
    const columns = this.kernel.columns(points);
    const means = new Float64Array(points.length);
    const deviations = new Float64Array(points.length);
    const covariances = new Float64Array(batchSize * size);
    for (let from = 0; from < points.length; from += batchSize) {
      const count = Math.min(batchSize, points.length - from);
      for (let index = 0; index < count; index += 1) {
        this.kernel.covariances(columns, from + index, this.#columns, size, covariances, index * size);
        means[from + index] = dot(covariances, index * size, this.#weights, 0, size);
      }
      const sums = explained(this.#inverse, covariances, size);
      for (let index = 0; index < count; index += 1)
        deviations[from + index] = Math.sqrt(Math.max(this.kernel.variance - (sums[index] as number), leastVariance));
    }
    return { means, deviations };
  }
}

/** |L⁻¹·k|² of four candidates with covariances k: the part of their variance that is known. */
function explained(inverse: Float64Array, covariances: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(batchSize);
  for (let row = 0; row < size; row += 1) {
    const start = row * size;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let column = 0; column <= row; column += 1) {
      const factor = inverse[start + column] as number;
      a += factor * (covariances[column] as number);
      b += factor * (covariances[size + column] as number);
      c += factor * (covariances[2 * size + column] as number);
      d += factor * (covariances[3 * size + column] as number);
    }
    sums[0] = (sums[0] as number) + a * a;
    sums[1] = (sums[1] as number) + b * b;
    sums[2] = (sums[2] as number) + c * c;
    sums[3] = (sums[3] as number) + d * d;
  }
  return sums;
}

/**
 * The factor of the covariance of the outputs, with as little added to its diagonal as makes it positive definite.
 *
 * @throws Error if no addition does, because a covariance is not finite
 */
function factorOf(kernel: Kernel, columns: Columns, size: number): Float64Array {
  const covariance = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) kernel.covariances(columns, row, columns, row, covariance, row * size);
  const noise = Math.exp(kernel.theta[kernel.layout.noise] as number);
  // A diagonal that outweighs its row makes any matrix of correlations positive definite.
  for (let jitter = leastNoise; jitter < 100 * size * kernel.variance; jitter *= 10) {
    const factor = Float64Array.from(covariance);
    for (let row = 0; row < size; row += 1) factor[row * size + row] = kernel.variance + noise + jitter;
    if (factorise(factor, size)) return factor;
  }
  throw new Error('a covariance of the model is not finite');
}
