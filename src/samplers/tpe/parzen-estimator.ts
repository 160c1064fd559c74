import { type BandwidthRule, bandwidths } from './bandwidths.ts';
import { categoricalFactor } from './categorical-factor.ts';
import type { KernelFactor } from './kernel-factor.ts';
import { type Mixture, mixtureOf } from './mixture.ts';
import { numericFactor } from './numeric-factor.ts';
import { shapesOf } from './shapes.ts';

/** Axis of the unit interval: continuous, stepped, categorical with `choices`, or fixed. */
export type Axis =
  | { readonly kind: 'continuous' }
  | { readonly kind: 'steps' }
  | { readonly kind: 'choices'; readonly count: number }
  | { readonly kind: 'fixed' };

/** Rule that turns observations into a density. */
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
  const kernels = axes.map((axis, index) => kernelsOf(axis, columns[index] ?? new Float64Array(0), rule));
  const all = withLast(weights, weights.length === 0 ? 1 : priorWeight(axes, rule));
  const [first] = kernels;
  const alone = axes.length === 1 && first && axes[0]?.kind !== 'continuous' ? merged(first, all) : { kernels, weights: all };
  const factors = axes.map((axis, index) => factorOf(axis, alone.kernels[index] ?? noKernels, weights.length, rule));
  return mixtureOf(normalized(rule.truncation === 'each' ? alone.weights : accepted(alone.weights, factors)), factors);
}

/** Centres and widths of the kernels of one parameter, the prior's last. */
interface Kernels {
  readonly centres: Float64Array;
  readonly widths: Float64Array;
}

const noKernels: Kernels = { centres: new Float64Array(0), widths: new Float64Array(0) };

/** The prior is marked by its width, 1; the kernels of choices have none. */
function kernelsOf(axis: Axis, column: Float64Array, { bandwidth }: EstimatorRule): Kernels {
  const numeric = axis.kind === 'continuous' || axis.kind === 'steps';
  return { centres: withLast(column, 0.5), widths: withLast(numeric ? bandwidths(column, bandwidth) : new Float64Array(column.length), 1) };
}

/** For a single parameter, merges equal kernels into one with the sum of their weights: of thousands on steps, few remain. */
function merged(
  { centres, widths }: Kernels,
  weights: Float64Array,
): { readonly kernels: readonly Kernels[]; readonly weights: Float64Array } {
  const { count, indices, kernels } = shapesOf(centres, widths);
  const sums = new Float64Array(count);
  for (let kernel = 0; kernel < weights.length; kernel += 1) {
    const shape = indices[kernel] as number;
    sums[shape] = (sums[shape] as number) + (weights[kernel] as number);
  }
  const chosen = (list: Float64Array): Float64Array => Float64Array.from(kernels, (kernel) => list[kernel] ?? 0);
  return { kernels: [{ centres: chosen(centres), widths: chosen(widths) }], weights: sums };
}

/** @param observed number of observations before any were merged */
function factorOf(axis: Axis, { centres, widths }: Kernels, observed: number, { categories }: EstimatorRule): KernelFactor {
  if (axis.kind === 'fixed') return fixedFactor;
  if (axis.kind !== 'choices') return numericFactor(centres, widths);
  const spread = categories === 'counted' ? 0 : categories({ count: observed, choices: axis.count });
  return categoricalFactor(centres.subarray(0, -1), axis.count, spread);
}

/** All kernels agree on the one value, the prior included: no candidate is better for it. */
const fixedFactor: KernelFactor = { logAcceptance: null, addLogDensity: () => undefined, draw: () => 0.5 };

function priorWeight(axes: readonly Axis[], rule: EstimatorRule): number {
  const [axis] = axes;
  return rule.categories === 'counted' && axis?.kind === 'choices' ? rule.priorWeight * axis.count : rule.priorWeight;
}

/** Truncating a mixture as a whole equals truncating its kernels and weighting each by its mass inside the interval. */
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
