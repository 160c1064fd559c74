import { type Direction, oriented } from './contract.ts';
import { isBeyondLimits, isStopped, type Outcome } from './observation.ts';

/**
 * Results ranked best first: completed trials that keep the limits of the study, by value; completed ones beyond a limit, by their violation (the
 * rules of Deb, "An efficient constraint handling method for genetic algorithms", 2000, section 3); trials that were stopped early, those that got
 * further first, then by the value that they had; those without a value last. Ties go to the lower trial number.
 *
 * @param trialOf the trial number of a result
 */
export function ranked<Result extends Outcome>(
  direction: Direction,
  results: readonly Result[],
  trialOf: (result: Result) => number,
): Result[] {
  return [...results].sort((one, other) => comparedResults(direction, one, other) || trialOf(one) - trialOf(other));
}

/** Compares two results in the order of `ranked`: below 0 if the first is better, 0 if only their numbers tell them apart. */
export function comparedResults(direction: Direction, one: Outcome, other: Outcome): number {
  const [left, right] = [keysOf(direction, one), keysOf(direction, other)];
  for (const [index, key] of left.entries()) {
    const rival = right[index] as number;
    if (key !== rival) return key < rival ? -1 : 1;
  }
  return 0;
}

/** The kind of a result, from the best one, and two numbers that order those of its kind: the lesser one first. */
function keysOf(direction: Direction, result: Outcome): readonly [number, number, number] {
  const { value, violation = 0, prunedAt = 0 } = result;
  if (value === null) return [3, 0, 0];
  if (isStopped(result)) return [2, -prunedAt, -oriented(direction, value)];
  return isBeyondLimits(result) ? [1, violation, 0] : [0, -oriented(direction, value), 0];
}
