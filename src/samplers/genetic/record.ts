import type { Direction } from '../contract.ts';
import type { Outcome } from '../observation.ts';
import { comparedResults } from '../ranked.ts';
import type { Candidate, Recorded } from './state.ts';

/**
 * The promotion `search`. An individual goes on from a rung if it is among the best 1/η of the results that the whole search has had at that rung,
 * with equal steps (Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020, algorithm 2: the top 1/η of a rung). Here the
 * rung waits for its last trial; an individual that stopped does not go on later; and equal results count once, because many children of a late
 * generation repeat a configuration.
 *
 * The fitness of an individual is the best value that it had at a rung. The winner of a search may be the trial of any rung, so a genome that asks
 * for more steps than its configuration needs is not worse for it.
 */

/** Number of results that are kept of each rung, the latest ones. It bounds the state; the results of the first generations leave it in time. */
const mostRecorded = 100;

/** The record with further results of a rung. Those without a value are left out. @param record by rung, from 0 */
export function extendedRecord(record: readonly Recorded[][], rung: number, results: readonly Candidate[]): Recorded[][] {
  const known = [...(record[rung] ?? [])];
  for (const { value, violation } of results) {
    if (value === null || known.some((each) => each.value === value && each.violation === violation)) continue;
    known.push({ value, ...(violation !== undefined && { violation }) });
  }
  const extended = [...record];
  extended[rung] = known.slice(-mostRecorded);
  return extended;
}

/** The results that are among the best 1/η of a rung, in their order; equal results are all among them or none. The best result of the rung always is. */
export function amongBest<Result extends Outcome>(
  direction: Direction,
  recorded: readonly Recorded[],
  reductionFactor: number,
  results: readonly Result[],
): Result[] {
  const order = [...recorded].sort((one, other) => comparedResults(direction, one, other));
  const last = order[Math.max(1, Math.floor(order.length / reductionFactor)) - 1];
  return last ? results.filter((result) => comparedResults(direction, result, last) <= 0) : [];
}

/** A candidate after a further rung, with its best result so far if that is of an earlier rung. Of equal results the earlier one is kept: it has fewer steps. */
export function withBest(direction: Direction, { best, ...before }: Candidate, latest: Candidate): Candidate {
  const { trial, value, violation, steps } = best ?? before;
  const earlier = { trial, value, ...(violation !== undefined && { violation }), steps };
  return comparedResults(direction, latest, earlier) < 0 ? latest : { ...latest, best: earlier };
}
