import type { RandomStream } from '../../shared/random.ts';
import type { UnitShare } from '../../space/unit-cube.ts';
import type { KernelFactor } from './kernel-factor.ts';

/** A weighted sum of kernels, each a product of one factor per parameter. */
export interface Mixture {
  /** Log density at a point, one entry per factor; a mass in every parameter that has finitely many values. */
  logDensity(point: readonly UnitShare[]): number;
  /** A coordinate for each factor, from one kernel drawn by its weight. */
  draw(stream: RandomStream): number[];
}

/** Terms this much below the largest add nothing that a double could tell, even thousands of them. */
const negligible = 40;

/** @param weights of the kernels, the prior's last: at least 0, the prior's above 0, summing to 1 */
export function mixtureOf(weights: Float64Array, factors: readonly KernelFactor[]): Mixture {
  const logWeights = weights.map(Math.log);
  const cumulative = cumulated(weights);
  const sums = new Float64Array(weights.length);
  return {
    logDensity: (point) => {
      sums.set(logWeights);
      for (const [index, factor] of factors.entries()) factor.addLogDensity(point[index] as UnitShare, sums);
      return logSum(sums);
    },
    draw: (stream) => {
      const kernel = kernelAt(cumulative, stream.uniform());
      return factors.map((factor) => factor.draw(kernel, stream));
    },
  };
}

/** The logarithm of the sum of the exponentials. */
function logSum(terms: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < terms.length; index += 1) {
    const term = terms[index] as number;
    if (term > largest) largest = term;
  }
  const bound = largest - negligible;
  let total = 0;
  for (let index = 0; index < terms.length; index += 1) {
    const term = terms[index] as number;
    if (term > bound) total += Math.exp(term - largest);
  }
  return largest + Math.log(total);
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
  const target = share * (cumulative.at(-1) ?? 1);
  const found = cumulative.findIndex((sum) => sum > target);
  return found < 0 ? cumulative.length - 1 : found;
}
