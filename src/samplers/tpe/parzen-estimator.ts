import { type BandwidthRule, bandwidths } from './bandwidths.ts';
import { categoricalFactor } from './categorical-factor.ts';
import type { KernelFactor } from './kernel-factor.ts';
import { type Mixture, mixtureOf } from './mixture.ts';
import { numericFactor } from './numeric-factor.ts';

/** One parameter as an estimator sees it: a number in the unit interval, one of so many choices that share it, or nothing to choose. */
export type Axis = { readonly kind: 'numeric' } | { readonly kind: 'choices'; readonly count: number } | { readonly kind: 'fixed' };

/** How observations become a density. */
export interface EstimatorRule {
  /** Weight of the prior kernel beside observations of weight 1. */
  readonly priorWeight: number;
  readonly bandwidth: BandwidthRule;
  /** Truncate each kernel on its own, so that all keep their weight, or the mixture as a whole, so that those near an end lose some. */
  readonly truncation: 'each' | 'together';
  /**
   * The share of its mass that an observation of a choice spreads over all `choices`, among `count` observations. Or `counted`: none,
   * and the prior has its weight once per choice; for one parameter alone.
   */
  readonly categories: 'counted' | ((kernels: { readonly count: number; readonly choices: number }) => number);
}

/**
 * A Parzen estimator: one kernel around each observation and a wide one, the prior, over everything.
 *
 * @param columns coordinates in [0, 1] of the observations, one list per axis, oldest first
 * @param weights of the observations, as many as each column has
 */
export function parzenEstimator(
  axes: readonly Axis[],
  columns: readonly Float64Array[],
  weights: Float64Array,
  rule: EstimatorRule,
): Mixture {
  const factors = axes.map((axis, index) => factorOf(axis, columns[index] ?? new Float64Array(0), rule));
  const all = new Float64Array(weights.length + 1);
  all.set(weights);
  all[weights.length] = weights.length === 0 ? 1 : priorWeight(axes, rule);
  return mixtureOf(normalized(rule.truncation === 'each' ? all : accepted(all, factors)), factors);
}

function factorOf(axis: Axis, column: Float64Array, { bandwidth, categories }: EstimatorRule): KernelFactor {
  if (axis.kind === 'fixed') return fixedFactor;
  if (axis.kind === 'choices') {
    const spread = categories === 'counted' ? 0 : categories({ count: column.length, choices: axis.count });
    return categoricalFactor(column, axis.count, spread);
  }
  return numericFactor(withLast(column, 0.5), withLast(bandwidths(column, bandwidth), 1));
}

/** All kernels agree on the one value, the prior included: no candidate is better for it. */
const fixedFactor: KernelFactor = { logAcceptance: null, addLogDensity: () => undefined, draw: () => 0.5 };

function priorWeight(axes: readonly Axis[], rule: EstimatorRule): number {
  const [axis] = axes;
  return rule.categories === 'counted' && axis?.kind === 'choices' ? rule.priorWeight * axis.count : rule.priorWeight;
}

/** Truncating a mixture as a whole equals truncating its kernels and weighting each by what it had inside. */
function accepted(weights: Float64Array, factors: readonly KernelFactor[]): Float64Array {
  return weights.map((weight, kernel) => factors.reduce((left, factor) => left * Math.exp(factor.logAcceptance?.[kernel] ?? 0), weight));
}

function normalized(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function withLast(list: Float64Array, last: number): Float64Array {
  const longer = new Float64Array(list.length + 1);
  longer.set(list);
  longer[list.length] = last;
  return longer;
}
