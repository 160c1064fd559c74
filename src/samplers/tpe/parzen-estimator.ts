import { type BandwidthRule, bandwidths } from './bandwidths.ts';
import { categoricalFactor } from './categorical-factor.ts';
import { type Column, priorSlot } from './column.ts';
import type { KernelFactor, Kernels } from './kernel-factor.ts';
import { merged } from './merge.ts';
import { type Mixture, mixtureOf } from './mixture.ts';
import { numericFactor } from './numeric-factor.ts';
import type { Sample } from './samples.ts';
import { divided, total } from './weights.ts';

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
 * @param weights of the sample's observations
 */
export function parzenEstimator(
  { trials, columns }: Pick<Sample, 'trials' | 'columns'>,
  weights: Float64Array,
  rule: EstimatorRule,
): Mixture {
  const kernels = columns.map((column) => kernelsOf(column, trials, rule));
  const all = withLast(weights, weights.length === 0 ? 1 : priorWeight(columns, rule));
  const [first] = kernels;
  const alone = first && columns.length === 1 && first.column.axis.kind !== 'continuous' ? merged(first, all) : null;
  const own = alone ? alone.weights : all;
  const factors = (alone ? [alone.kernels] : kernels).map((each) => factorOf(each, weights.length, rule));
  const kept = rule.truncation === 'each' ? own : accepted(own, factors);
  return mixtureOf(divided(kept, total(kept)), factors);
}

function kernelsOf(column: Column, trials: Uint32Array, { bandwidth }: EstimatorRule): Kernels {
  const slots = new Int32Array(trials.length + 1);
  const centres = new Float64Array(trials.length);
  for (let kernel = 0; kernel < trials.length; kernel += 1) {
    const slot = column.slots[trials[kernel] as number] as number;
    slots[kernel] = slot;
    centres[kernel] = column.centres[slot] as number;
  }
  slots[trials.length] = priorSlot;
  const isNumeric = column.axis.kind === 'continuous' || column.axis.kind === 'steps';
  const widths = isNumeric ? bandwidths(centres, bandwidth) : new Float64Array(trials.length);
  return { column, slots, widths: withLast(widths, 1), least: bandwidth.least(trials.length) };
}

/** @param observed number of observations before any were merged */
function factorOf(kernels: Kernels, observed: number, { categories }: EstimatorRule): KernelFactor {
  const { axis } = kernels.column;
  if (axis.kind === 'fixed') return fixedFactor;
  if (axis.kind !== 'choices') return numericFactor(kernels);
  const spread = categories === 'counted' ? 0 : categories({ count: observed, choices: axis.count });
  return categoricalFactor(kernels, axis.count, spread);
}

/** All kernels agree on the one value, the prior included: no candidate is better for it. */
const fixedFactor: KernelFactor = {
  logAcceptance: () => null,
  addLogDensity: () => undefined,
  addRoughly: () => undefined,
  draw: () => 0.5,
};

function priorWeight([column]: readonly Column[], rule: EstimatorRule): number {
  return rule.categories === 'counted' && column?.axis.kind === 'choices' ? rule.priorWeight * column.axis.count : rule.priorWeight;
}

/** Truncating a mixture as a whole equals truncating its kernels and weighting each by its mass inside the interval. */
function accepted(weights: Float64Array, factors: readonly KernelFactor[]): Float64Array {
  const acceptances = factors.map((factor) => factor.logAcceptance());
  return weights.map((weight, kernel) => acceptances.reduce((left, logs) => left * Math.exp(logs?.[kernel] ?? 0), weight));
}

function withLast(list: Float64Array, last: number): Float64Array {
  const longer = new Float64Array(list.length + 1);
  longer.set(list);
  longer[list.length] = last;
  return longer;
}
