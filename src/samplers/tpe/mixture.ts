import type { RandomStream } from '../../shared/random.ts';
import type { UnitShare } from '../../space/unit-cube.ts';
import type { KernelFactor } from './kernel-factor.ts';
import { logSum, RoughSum } from './log-sum.ts';

/** A weighted sum of kernels, each a product of one factor per parameter. */
export interface Mixture {
  /** Log density at a point, one entry per factor; a mass in every parameter that has finitely many values. */
  logDensity(point: readonly UnitShare[]): number;
  /** Begins to estimate the log density at a point from below. */
  estimate(point: readonly UnitShare[]): Estimate;
  /** A coordinate for each factor, from one kernel drawn by its weight. */
  draw(stream: RandomStream): number[];
}

/** An estimate of a log density by some of the kernels, which is quick. */
export interface Estimate {
  /** The log density by the kernels so far, to within `roughness`. */
  readonly log: number;
  /** True if these are all kernels. */
  readonly isWhole: boolean;
  /** Adds more kernels. Latest observations are first: a search that has found a good region looks there. */
  refine(): void;
}

/** Kernels by which an estimate is refined at once. */
const blockSize = 256;

/** @param weights of the kernels, the prior's last: at least 0, the prior's above 0, summing to 1 */
export function mixtureOf(weights: Float64Array, factors: readonly KernelFactor[]): Mixture {
  const logWeights = logarithms(weights);
  const sums = new Float64Array(weights.length);
  const block = new Float64Array(Math.min(blockSize, weights.length));
  const roughTerms = (point: readonly UnitShare[], from: number, to: number): Float64Array => {
    const terms = to - from === block.length ? block : block.subarray(0, to - from);
    for (let index = 0; index < terms.length; index += 1) terms[index] = logWeights[from + index] as number;
    for (let index = 0; index < factors.length; index += 1) factors[index]?.addRoughly(point[index] as UnitShare, terms, from);
    return terms;
  };
  let cumulative: Float64Array | null = null;
  return {
    logDensity: (point) => {
      sums.set(logWeights);
      for (const [index, factor] of factors.entries()) factor.addLogDensity(point[index] as UnitShare, sums, 0);
      return logSum(sums);
    },
    estimate: (point) => new BlockEstimate(sums.length, (from, to) => roughTerms(point, from, to)),
    draw: (stream) => {
      cumulative ??= cumulated(weights);
      const kernel = kernelAt(cumulative, stream.uniform());
      return factors.map((factor) => factor.draw(kernel, stream));
    },
  };
}

class BlockEstimate implements Estimate {
  readonly #sum = new RoughSum();
  readonly #terms: (from: number, to: number) => Float64Array;
  #left: number;
  log = Number.NEGATIVE_INFINITY;

  constructor(count: number, terms: (from: number, to: number) => Float64Array) {
    this.#left = count;
    this.#terms = terms;
  }

  get isWhole(): boolean {
    return this.#left === 0;
  }

  refine(): void {
    const from = Math.max(this.#left - blockSize, 0);
    this.#sum.add(this.#terms(from, this.#left));
    this.#left = from;
    this.log = this.#sum.log();
  }
}

/** Most weights are like the one before. */
function logarithms(weights: Float64Array): Float64Array {
  const logs = new Float64Array(weights.length);
  let [weight, log] = [1, 0];
  for (let kernel = 0; kernel < weights.length; kernel += 1) {
    if (weights[kernel] !== weight) {
      weight = weights[kernel] as number;
      log = Math.log(weight);
    }
    logs[kernel] = log;
  }
  return logs;
}

function cumulated(weights: Float64Array): Float64Array {
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return sum;
  });
}

/** The first kernel whose cumulated weight is above a share of the whole. */
function kernelAt(cumulative: Float64Array, share: number): number {
  const last = cumulative.length - 1;
  const target = share * (cumulative[last] ?? 1);
  let [from, to] = [0, last];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((cumulative[middle] as number) > target) to = middle;
    else from = middle + 1;
  }
  return from;
}
