import { invariant } from '../../shared/errors.ts';
import type { RandomStream } from '../../shared/random.ts';
import { type Direction, oriented } from '../contract.ts';

/**
 * Fitness of a generation's members from their values: oriented so that more is better, shifted by the minimum if any is negative,
 * 0 for a member without a value. Non-negative values of a maximised metric are unchanged.
 */
export function fitnessOf(direction: Direction, values: readonly (number | null)[]): number[] {
  const toward = values.map((value) => (value === null ? null : oriented(direction, value)));
  const least = Math.min(0, ...toward.filter((value) => value !== null));
  return toward.map((value) => (value === null ? 0 : value - least));
}

/**
 * Weights of the draw of parents: fitness^`exponent` relative to the fittest, so that no power overflows; equal weights if every
 * fitness is 0.
 */
export function selectionWeights(fitness: readonly number[], exponent: number): number[] {
  const most = Math.max(...fitness);
  return fitness.map((value) => (most > 0 ? (value / most) ** exponent : 1));
}

/**
 * Two different members, the first with P ∝ weight, the second with P ∝ weight among the others; uniform among them if no other has
 * any weight. Their genomes may be equal.
 *
 * @returns their indices
 */
export function drawParents(weights: readonly number[], stream: RandomStream): readonly [number, number] {
  const first = drawIndex(weights, stream.uniform());
  const others = weights.map((weight, index) => (index === first ? 0 : weight));
  const drawable = others.some((weight) => weight > 0) ? others : others.map((_, index) => (index === first ? 0 : 1));
  return [first, drawIndex(drawable, stream.uniform())];
}

/** The index whose share of the summed weights holds `coordinate` of [0, 1). */
function drawIndex(weights: readonly number[], coordinate: number): number {
  const target = coordinate * weights.reduce((sum, weight) => sum + weight, 0);
  let reached = 0;
  let last = -1;
  for (const [index, weight] of weights.entries()) {
    if (weight === 0) continue;
    reached += weight;
    last = index;
    if (target < reached) return index;
  }
  invariant(last >= 0, 'a draw needs one positive weight');
  return last;
}
