import { type Direction, oriented } from './contract.ts';

/** The members of a result that rank it. */
interface RankedResult {
  readonly value: number | null;
  /** Absent: it keeps the limits, or there are none. */
  readonly violation?: number | undefined;
}

/**
 * Results ranked best first: those beyond a limit of the study after all that keep the limits, by their violation; those without a value last;
 * ties to the lower trial number (the rules of Deb, "An efficient constraint handling method for genetic algorithms", 2000, section 3).
 *
 * @param trialOf the trial number of a result
 */
export function ranked<Result extends RankedResult>(
  direction: Direction,
  results: readonly Result[],
  trialOf: (result: Result) => number,
): Result[] {
  return [...results].sort((one, other) => {
    const [left, right] = [merit(direction, one), merit(direction, other)];
    if (left !== right) return right > left ? 1 : -1;
    const [near, far] = [distance(one), distance(other)];
    return near === far ? trialOf(one) - trialOf(other) : near < far ? -1 : 1;
  });
}

function merit(direction: Direction, { value, violation = 0 }: RankedResult): number {
  return value === null || violation > 0 ? Number.NEGATIVE_INFINITY : oriented(direction, value);
}

function distance({ value, violation = 0 }: RankedResult): number {
  return value === null ? Number.POSITIVE_INFINITY : violation;
}
