import type { Candidate } from '../pareto/dominance.ts';
import { type Direction, oriented, type Problem } from './contract.ts';
import type { Observation } from './observation.ts';

/** Better directions of all metrics of a problem, in the order of the study. */
export function directionsOf({ direction, directions = [direction] }: Problem): readonly Direction[] {
  return directions;
}

/** Values of one trial, oriented so that more is better. */
export function orientedValues(directions: readonly Direction[], values: readonly number[]): number[] {
  return values.map((value, metric) => oriented(directions[metric] ?? 'minimize', value));
}

/** A finished trial as src/pareto compares it. One without a value, or with one that is not finite, failed. */
export function candidateOf(directions: readonly Direction[], { value, values, violation = 0 }: Observation): Candidate {
  const measured = value === null ? [] : (values ?? [value]);
  const isWhole = measured.length === directions.length && measured.every(Number.isFinite);
  return { values: isWhole ? orientedValues(directions, measured) : null, violation };
}
