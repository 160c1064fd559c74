import { crowdingDistances } from '../../pareto/crowding.ts';
import type { Candidate, Point } from '../../pareto/dominance.ts';
import { peelFronts } from '../../pareto/fronts.ts';
import { bestRanked, type Ranked } from '../../pareto/order.ts';
import { type Direction, oriented } from '../../samplers/contract.ts';
import { countsAsResult, type RankingRule } from '../definition/ranking.ts';
import type { Trial } from '../model/trial.ts';

/** A completed trial of a study with several metrics, as it ranks: `values` oriented so that more is better, null if it does not rank. */
export interface MetricResult extends Candidate {
  readonly number: number;
}

/** The parts of a definition that orient values. */
export interface RankedMetrics {
  readonly metrics: readonly { readonly direction: Direction }[];
  readonly ranking?: RankingRule['ranking'];
}

/** Returns a completed trial as it ranks. */
export function metricResultOf(
  spec: RankedMetrics,
  trial: Pick<Trial, 'number' | 'value' | 'violation' | 'metricValues' | 'diverged'>,
): MetricResult {
  const { number, violation, metricValues } = trial;
  const values = metricValues && countsAsResult(spec, trial) ? orientedPoint(spec.metrics, metricValues) : null;
  return { number, values, ...(violation !== undefined && { violation }) };
}

/** Orients the values of all metrics so that more is better, or back. */
export function orientedPoint(metrics: RankedMetrics['metrics'], values: Point): number[] {
  // −0 would be shown as such.
  return values.map((value, index) => oriented(metrics[index]?.direction ?? 'maximize', value) + 0);
}

/** True for a result that can be on the front: it has all values and keeps all limits. */
export function isOnSomeFront(result: Candidate): result is Candidate & { readonly values: Point } {
  return result.values !== null && (result.violation ?? 0) === 0;
}

/** Results that no other one dominates, in their order. */
export function frontOf<Result extends Candidate>(results: readonly Result[]): Result[] {
  const able = results.flatMap((result) => (isOnSomeFront(result) ? [{ result, values: result.values }] : []));
  const points = able.map(({ values }) => values);
  return (peelFronts(points, 1)[0] ?? []).flatMap((index) => able[index]?.result ?? []);
}

/** The members of a front in the order of the leaderboard: the least crowded first. */
export function leastCrowded(front: readonly MetricResult[]): FrontPlace[] {
  const distances = crowdingDistances(front.map(({ values }) => values ?? []));
  return front
    .map(({ number }, index) => ({ number, distance: distances[index] ?? 0 }))
    .sort((one, other) => (one.distance === other.distance ? one.number - other.number : one.distance > other.distance ? -1 : 1))
    .map(({ number, distance }) => ({ number, front: 1, crowding: Number.isFinite(distance) ? distance : null }));
}

/** The place of a trial in the leaderboard of a study with several metrics. */
export interface FrontPlace {
  readonly number: number;
  /** From 1, the Pareto front; null for a trial that is beyond a limit or lacks a value. */
  readonly front: number | null;
  /** Crowding distance in its front; null at the ends of the front, which are infinitely far from a neighbour, and without a front. */
  readonly crowding: number | null;
}

/** The first places of the leaderboard: by front, then by crowding distance, then by number; trials beyond a limit and failed ones last. */
export function placesOf(results: readonly MetricResult[], count: number): FrontPlace[] {
  return bestRanked(results, count).flatMap((ranked) => placeOf(results, ranked));
}

function placeOf(results: readonly MetricResult[], { index, front, crowding }: Ranked): FrontPlace[] {
  const result = results[index];
  if (!result) return [];
  if (!isOnSomeFront(result)) return [{ number: result.number, front: null, crowding: null }];
  return [{ number: result.number, front: front + 1, crowding: Number.isFinite(crowding) ? crowding : null }];
}
