import type { Point } from './dimensions.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import { type Columns, choiceDistance, choiceWeights, Kernel } from './kernel.ts';
import { dot, factorise, invertTransposed, solve } from './matrix.ts';
import { warpSlope } from './warp.ts';

const root5 = Math.sqrt(5);
/** Added to the diagonal, so that equal points do not make the matrix singular. */
export const leastNoise = 1e-8;
/** The loss where the covariance has no factor: no search for hyperparameters stays there. */
export const noLoss = 1e10;

/**
 * The loss of hyperparameters θ given outputs y at n points: minus the logarithm of their posterior density, up to a constant,
 *
 *   ½·yᵀK⁻¹y + Σ ln L_ii + ½·Σ ((θ − μ) / σ)²,
 *
 * with the covariance K = L·Lᵀ of the outputs and the priors' μ and σ (Rasmussen and Williams, "Gaussian Processes for Machine Learning",
 * 2006, section 5.4.1). It reuses its matrices: one evaluation at a time.
 */
export class Loss {
  readonly layout: Hyperparameters;
  readonly #points: readonly Point[];
  readonly #outputs: Float64Array;
  /** K below the diagonal, then its factor. */
  readonly #factor: Float64Array;
  /** K without noise, below the diagonal. */
  readonly #signal: Float64Array;
  /** dK_ij / d(r²_ij) below the diagonal; then that times W_ij (see `#derive`). */
  readonly #slopes: Float64Array;
  readonly #inverse: Float64Array;

  constructor(layout: Hyperparameters, points: readonly Point[], outputs: Float64Array) {
    this.layout = layout;
    this.#points = points;
    this.#outputs = outputs;
    const matrix = () => new Float64Array(points.length ** 2);
    this.#factor = matrix();
    this.#slopes = matrix();
    this.#signal = matrix();
    this.#inverse = matrix();
  }

  /**
   * @param gradient receives the derivatives by θ
   * @returns the loss; `noLoss`, with a gradient of 0, if K is not positive definite in doubles
   */
  at(theta: Float64Array, gradient: Float64Array): number {
    const kernel = new Kernel(this.layout, theta);
    const columns = kernel.columns(this.#points);
    this.#fill(kernel, columns);
    gradient.fill(0);
    const size = this.#points.length;
    if (!factorise(this.#factor, size)) return noLoss;
    const weights = solve(this.#factor, size, this.#outputs);
    this.#derive(kernel, weights, gradient);
    this.#deriveByDistance(theta, columns, gradient);
    return 0.5 * dot(this.#outputs, 0, weights, 0, size) + this.#logDeterminant() + this.#addPrior(theta, gradient);
  }

  #fill(kernel: Kernel, columns: Columns): void {
    const size = this.#points.length;
    const variance = kernel.variance;
    const noise = Math.exp(kernel.theta[this.layout.noise] as number) + leastNoise;
    const [factor, signal, slopes] = [this.#factor, this.#signal, this.#slopes];
    for (let row = 0; row < size; row += 1) {
      const start = row * size;
      kernel.distances(columns, row, columns, row, factor, start);
      for (let place = start; place < start + row; place += 1) {
        const squared = factor[place] as number;
        const distance = root5 * Math.sqrt(squared);
        const decay = variance * Math.exp(-distance);
        const covariance = (1 + distance + (5 / 3) * squared) * decay;
        factor[place] = covariance;
        signal[place] = covariance;
        slopes[place] = (-5 / 6) * (1 + distance) * decay;
      }
      factor[start + row] = variance + noise;
    }
  }

  #logDeterminant(): number {
    const size = this.#points.length;
    let sum = 0;
    for (let row = 0; row < size; row += 1) sum += Math.log(this.#factor[row * size + row] as number);
    return sum;
  }

  /**
   * Derivatives are ½·tr(W · dK/dθ), with W = K⁻¹ − K⁻¹y·(K⁻¹y)ᵀ. Adds those by the variances, and leaves W_ij · dK_ij / d(r²_ij) in the
   * matrix of slopes for the others.
   */
  #derive(kernel: Kernel, weights: Float64Array, gradient: Float64Array): void {
    const { signal, noise } = this.layout;
    const size = this.#points.length;
    const [inverse, slopes, covariances] = [this.#inverse, this.#slopes, this.#signal];
    invertTransposed(this.#factor, size, inverse);
    let bySignal = 0;
    let trace = 0;
    for (let row = 0; row < size; row += 1) {
      const start = row * size;
      const weight = weights[row] as number;
      for (let column = 0; column < row; column += 1) {
        const w = dot(inverse, start + row, inverse, column * size + row, size - row) - weight * (weights[column] as number);
        bySignal += w * (covariances[start + column] as number);
        slopes[start + column] = w * (slopes[start + column] as number);
      }
      trace += dot(inverse, start + row, inverse, start + row, size - row) - weight * weight;
    }
    gradient[signal] = (gradient[signal] as number) + bySignal + 0.5 * kernel.variance * trace;
    gradient[noise] = (gradient[noise] as number) + 0.5 * Math.exp(kernel.theta[noise] as number) * trace;
  }

  /** Adds the derivatives by lengthscales and warps. */
  #deriveByDistance(theta: Float64Array, columns: Columns, gradient: Float64Array): void {
    const { warps } = this.layout;
    const weights = choiceWeights(this.layout, theta);
    for (let part = 0; part < columns.length; part += 1) {
      const at = warps[part] as number;
      const column = columns[part] as Float64Array;
      if (at < 0) gradient[part] = (gradient[part] as number) - 2 * (weights[part] as number) * this.#sumOfChoices(column);
      else {
        const [bySquare, byWarp] = this.#sumsOfSquares(column, this.#warpSlopes(theta, part));
        gradient[part] = (gradient[part] as number) - 2 * bySquare;
        gradient[at] = (gradient[at] as number) + 2 * byWarp;
      }
    }
  }

  /** Σ M_ij·d_ij over pairs, with the distances d of choices and M the product that `#derive` leaves. */
  #sumOfChoices(column: Float64Array): number {
    const size = column.length;
    let sum = 0;
    for (let row = 1; row < size; row += 1) {
      const own = column[row] as number;
      for (let other = 0; other < row; other += 1)
        sum += (this.#slopes[row * size + other] as number) * choiceDistance(column[other] as number, own);
    }
    return sum;
  }

  /** Σ M_ij·(u_i − u_j)² and Σ M_ij·(u_i − u_j)·(s_i − s_j) over pairs, with slopes s. */
  #sumsOfSquares(column: Float64Array, slopes: Float64Array): readonly [number, number] {
    const size = column.length;
    const products = this.#slopes;
    let bySquare = 0;
    let bySlope = 0;
    for (let row = 1; row < size; row += 1) {
      const own = column[row] as number;
      const slope = slopes[row] as number;
      const start = row * size;
      for (let other = 0; other < row; other += 1) {
        const apart = own - (column[other] as number);
        const scaled = (products[start + other] as number) * apart;
        bySquare += scaled * apart;
        bySlope += scaled * (slope - (slopes[other] as number));
      }
    }
    return [bySquare, bySlope];
  }

  /** The derivative of each warped coordinate, divided by the lengthscale, by its warp's constant. */
  #warpSlopes(theta: Float64Array, part: number): Float64Array {
    const constant = theta[this.layout.warps[part] as number] as number;
    const inverse = Math.exp(-(theta[part] as number));
    return Float64Array.from(this.#points, (point) => {
      const coordinate = point[part] as number;
      return Number.isNaN(coordinate) ? 0 : inverse * warpSlope(coordinate, constant);
    });
  }

  #addPrior(theta: Float64Array, gradient: Float64Array): number {
    const { mean, deviation, size } = this.layout;
    let sum = 0;
    for (let index = 0; index < size; index += 1) {
      const distance = ((theta[index] as number) - (mean[index] as number)) / (deviation[index] as number);
      sum += 0.5 * distance * distance;
      gradient[index] = (gradient[index] as number) + distance / (deviation[index] as number);
    }
    return sum;
  }
}

/** A set of hyperparameters with its loss, and the gradient of that in units of the priors' deviations. */
export interface Place {
  readonly theta: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** The loss of some hyperparameters. */
export function placeAt(loss: Loss, theta: Float64Array): Place {
  const gradient = new Float64Array(theta.length);
  const value = loss.at(theta, gradient);
  const { deviation } = loss.layout;
  for (let index = 0; index < gradient.length; index += 1) gradient[index] = (gradient[index] as number) * (deviation[index] as number);
  return { theta, value, gradient };
}
