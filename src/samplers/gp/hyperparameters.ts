import type { Dimension } from './dimensions.ts';

/**
 * The hyperparameters of a model, θ, in one vector: ln l of each dimension, ln of the signal's variance s², ln of the noise's variance,
 * and the constant c of the warp of each numeric dimension. Each has a normal prior and bounds.
 */
export interface Hyperparameters {
  readonly dimensions: readonly Dimension[];
  /** Length of θ. */
  readonly size: number;
  /** Place of ln s² in θ; that of the noise follows, then the warps. The lengthscales are first. */
  readonly signal: number;
  readonly noise: number;
  /** Of each dimension, the place of its warp's constant; −1 for categorical ones. */
  readonly warps: Int32Array;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

interface Prior {
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
}

const signalPrior: Prior = { mean: 0, deviation: 1, low: Math.log(0.02), high: Math.log(50) };
const noisePrior: Prior = { mean: -9, deviation: 2.5, low: Math.log(1e-7), high: 0 };

/** Lengthscales grow with the root of the number of dimensions (Hvarfner, Hellsten and Nardi, "Vanilla Bayesian Optimization Performs Great in High Dimensions", 2024). */
function lengthscalePrior({ kind }: Dimension, dimensions: number): Prior {
  const mean = (kind === 'numeric' ? -0.7 : 0) + 0.5 * Math.log(dimensions);
  return { mean, deviation: 1, low: Math.log(0.02), high: Math.log(200) };
}

/** On an axis whose logarithmic scale is guessed, the prior reaches from the logarithm (0) to the declared scale (`logRange`). */
function warpPrior(logRange: number): Prior {
  if (logRange === 0) return { mean: 0, deviation: 0.5, low: -4, high: 4 };
  return { mean: 0.25 * logRange, deviation: 0.35 * logRange, low: -0.5 * logRange, high: 1.2 * logRange };
}

/** The hyperparameters of a model over some dimensions. */
export function hyperparametersOf(dimensions: readonly Dimension[]): Hyperparameters {
  const warped = dimensions.flatMap((dimension) => (dimension.kind === 'numeric' ? [warpPrior(dimension.logRange)] : []));
  const lengthscales = dimensions.map((dimension) => lengthscalePrior(dimension, dimensions.length));
  const priors = [...lengthscales, signalPrior, noisePrior, ...warped];
  const list = (member: keyof Prior) => Float64Array.from(priors, (prior) => prior[member]);
  const signal = dimensions.length;
  let nextWarp = signal + 2;
  return {
    dimensions,
    size: priors.length,
    signal,
    noise: signal + 1,
    warps: Int32Array.from(dimensions, ({ kind }) => (kind === 'numeric' ? nextWarp++ : -1)),
    mean: list('mean'),
    deviation: list('deviation'),
    low: list('low'),
    high: list('high'),
  };
}
