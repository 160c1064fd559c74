import { type Direction, oriented, type SuggestionRequest } from '../contract.ts';
import { isBeyondLimits, isStopped, type Observation } from '../observation.ts';
import { type Geometry, keyOf, type Point, pointOf } from './dimensions.ts';
import type { Limited } from './limits.ts';
import { withBoundedLosses } from './stopped.ts';

/** The trials in the model's coordinates. */
export interface Evidence {
  /** Of trials with a value, those beyond a limit among them, and of failures that stand for a bad region. */
  readonly points: readonly Point[];
  /** The value at each of them, oriented so that less is better, between −1 and 1. */
  readonly values: Float64Array;
  /** Places in the history of the completed trials with a value: the first of the points, if no trial was stopped early. Failures of bad regions follow. */
  readonly measured: readonly number[];
  /** Those of the points that are never the best one: beyond a limit of the study, or stopped early. */
  readonly beyond: ReadonlySet<Point>;
  /** The trials with a value, and how far they are from the limits; null if none is beyond one, or all are. */
  readonly limited: Limited | null;
  readonly succeeded: readonly Point[];
  readonly failed: readonly Point[];
  readonly pending: readonly Point[];
  /** Keys of everything that was tried or is being tried, whether or not the model looks at it. */
  readonly tried: ReadonlySet<string>;
}

interface Trial {
  /** Place in the history. */
  readonly place: number;
  readonly point: Point;
  /** Oriented; null if it failed. */
  readonly value: number | null;
  /** Distance from the limits of the study, if the model has to know it; else 0. */
  readonly violation: number;
  readonly isStopped: boolean;
}

interface Success extends Trial {
  readonly value: number;
}

/** Nearest trials of a failure that are checked, and how many of them must have failed for a region to be bad. */
const neighbours = 3;
const failedNeighbours = 2;

/**
 * Sorts the trials. A failure among trials that succeeded teaches nothing about the function, but it does count as tried; one among failures
 * stands for a region, and enters the model with the worst value. A trial beyond a limit of the study teaches its value, and
 * its distance from the limits to the model of these (`limits.ts`). As long as no trial keeps all limits, the model is of their violation in place of the value, so
 * that the search looks for one that does. A trial that was stopped early teaches a bound of its value (`stopped.ts`), and nothing about the limits.
 *
 * @param most trials that the model looks at, all together: of those that succeeded the best and the latest, of the others the latest
 */
export function gatherEvidence(
  direction: Direction,
  geometry: Geometry,
  { history, pending }: Pick<SuggestionRequest, 'history' | 'pending'>,
  most: number,
): Evidence {
  const results = [...history];
  const seeksLimits = results.some(isBeyondLimits) && !results.some(keepsLimits);
  const losses = withBoundedLosses(results.map((result) => ({ loss: lossIn(direction, result), isStopped: isStopped(result) })));
  const all = results.map((result, place): Trial => {
    const point = pointOf(geometry, result.parameters);
    const value = seeksLimits ? violationIn(result) : (losses[place] ?? null);
    const violation = seeksLimits || !isBeyondLimits(result) || value === null ? 0 : (result.violation ?? 0);
    return { place, point, value, violation, isStopped: isStopped(result) };
  });
  const trials = seeksLimits ? all.filter((trial) => !trial.isStopped) : all;
  const open = pending.map((parameters) => pointOf(geometry, parameters));
  // A quarter each is left to failures and pending trials.
  const successes = bestAndLatest(trials.filter(hasSucceeded), most / 2);
  const failures = trials.filter(({ value }) => value === null).slice(-most / 4);
  const region = successes.length === 0 ? [] : failures.filter(({ point }) => isInBadRegion(geometry, point, [...successes, ...failures]));
  const largest = successes.reduce((size, { value }) => Math.max(size, Math.abs(value)), 0) || 1;
  const values = successes.map(({ value }) => value / largest);
  const worst = values.reduce((least, value) => Math.max(least, value), -1);
  const limited = successes.filter(({ isStopped: wasStopped }) => !wasStopped);
  const beyond = successes.filter(({ violation, isStopped: wasStopped }) => violation > 0 || wasStopped).map(({ point }) => point);
  return {
    points: [...successes, ...region].map(({ point }) => point),
    values: Float64Array.from([...values, ...region.map(() => worst)]),
    measured: limited.map(({ place }) => place),
    beyond: new Set(beyond),
    limited: limited.some(({ violation }) => violation > 0) ? limitedOf(limited) : null,
    succeeded: successes.map(({ point }) => point),
    failed: failures.map(({ point }) => point),
    pending: open.slice(-most / 4),
    tried: new Set([...all.map(({ point }) => point), ...open].map(keyOf)),
  };
}

function limitedOf(successes: readonly Success[]): Limited {
  return { points: successes.map(({ point }) => point), violations: Float64Array.from(successes, ({ violation }) => violation) };
}

/** The loss of a trial; null if it failed. */
function lossIn(direction: Direction, { value }: Observation): number | null {
  return value === null || !Number.isFinite(value) ? null : -oriented(direction, value);
}

/** The violation of a trial, of which less is better; null if it is not known. */
function violationIn({ value, violation }: Observation): number | null {
  return value === null || violation === undefined || violation >= Number.MAX_VALUE ? null : violation;
}

function hasValue({ value }: Observation): boolean {
  return value !== null && Number.isFinite(value);
}

/** True for a completed trial with a value that is beyond no limit of the study. */
export function keepsLimits(result: Observation): boolean {
  return hasValue(result) && !isBeyondLimits(result) && !isStopped(result);
}

/** The same with fewer points. */
export function thinned({ points, values }: Pick<Evidence, 'points' | 'values'>, most: number): Pick<Evidence, 'points' | 'values'> {
  const kept = bestAndLatest(
    points.map((point, place) => ({ place, point, value: values[place] as number, violation: 0, isStopped: false })),
    most,
  );
  return { points: kept.map(({ point }) => point), values: Float64Array.from(kept, ({ value }) => value) };
}

/** At most so many trials, in their order: half of them the best ones, which keep all limits if possible, the others the latest ones. */
function bestAndLatest(trials: readonly Success[], most: number): readonly Success[] {
  if (trials.length <= most) return trials;
  const byValue = trials
    .map((trial, index) => ({ trial, index }))
    .sort(({ trial: one }, { trial: two }) => kindOf(one) - kindOf(two) || one.value - two.value)
    .map(({ index }) => index);
  const kept = new Set(byValue.slice(0, Math.ceil(most / 2)));
  for (let index = trials.length - 1; kept.size < most; index -= 1) kept.add(index);
  return trials.filter((_, index) => kept.has(index));
}

/** Trials of a lower kind are kept first. */
function kindOf({ violation, isStopped: wasStopped }: Success): number {
  return wasStopped ? 2 : Number(violation > 0);
}

function hasSucceeded(trial: Trial): trial is Success {
  return trial.value !== null;
}

function isInBadRegion(geometry: Geometry, point: Point, trials: readonly Trial[]): boolean {
  const nearest = trials
    .filter((trial) => trial.point !== point)
    .map((trial) => ({ trial, distance: plainDistance(geometry, point, trial.point) }))
    .sort((one, two) => one.distance - two.distance)
    .slice(0, neighbours);
  return nearest.filter(({ trial }) => trial.value === null).length >= failedNeighbours;
}

/** Squared distance on the axes, plus 1 for each choice that differs and each parameter that only one of them has. */
function plainDistance({ dimensions }: Geometry, one: Point, two: Point): number {
  return dimensions.reduce((sum, { kind }, index) => {
    const [a, b] = [one[index] as number, two[index] as number];
    if (Number.isNaN(a) || Number.isNaN(b)) return sum + (Number.isNaN(a) && Number.isNaN(b) ? 0 : 1);
    return sum + (kind === 'categorical' ? Number(a !== b) : (a - b) ** 2);
  }, 0);
}
