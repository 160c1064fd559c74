import { decodeUnit, unitShare } from '../../space/unit-cube.ts';
import { type Branch, branchOf, within } from './branch.ts';
import type { Dimension, Geometry, Point } from './dimensions.ts';
import { type Chances, Ensemble, membersOf } from './ensemble.ts';
import type { Evidence } from './evidence.ts';
import { type FitSettings, fitHyperparameters } from './fit.ts';
import { hyperparametersOf } from './hyperparameters.ts';
import type { Box, Shape } from './proposals.ts';
import type { Acquisition } from './search.ts';
import { warp } from './warp.ts';

/** Settings of a local model. */
export interface LocalSettings {
  /** Completed trials with a value that it takes to build one. */
  readonly from: number;
  /** Trials in it: `base`, plus `perNumber` for each numeric parameter of the branch, at most `most`. */
  readonly base: number;
  readonly perNumber: number;
  readonly most: number;
}

/** A model of the trials around the best one, and where it looks for the next. */
export interface LocalModel {
  readonly acquisition: Acquisition;
  /** With the lengthscales of this model, on the axes of the whole one. */
  readonly shape: Shape;
  readonly box: Box;
}

/** Inputs of a local model. */
export interface LocalInputs {
  readonly geometry: Geometry;
  readonly evidence: Evidence;
  /** Models, of the whole space, of the chances that a trial succeeds and that it keeps the limits. */
  readonly chances: readonly Chances[];
  readonly settings: LocalSettings;
  readonly fit: FitSettings;
}

/** A local model needs this many trials more than the branch has numeric parameters. */
const leastBeyondNumbers = 3;
/** Half the side of a box in which all trials have the same coordinate. */
const leastHalf = 1e-9;
/** Pending trials farther than this outside of the unit cube are left out. */
const margin = 0.5;

/**
 * A model of only the trials nearest to the best one, within its branch of the space: with its choices, and with the same parameters. Their
 * box is stretched to the unit cube, and the model has hyperparameters of its own, fitted to their values. So it sees differences that are lost
 * in the range and the lengthscales of the whole space, and finds the last digits. (Each trust region of Eriksson et al., "Scalable Global
 * Optimization via Local Bayesian Optimization", NeurIPS 2019, section 2, has a model of its own as well, of the trials since it began.)
 *
 * @param centre the best point
 * @param shape of the whole model, whose lengthscales say which trials are near
 * @returns null if too few trials are in this branch, or it has no numeric parameter
 */
export function localModel(inputs: LocalInputs, centre: Point, shape: Shape): LocalModel | null {
  const { geometry, evidence, settings } = inputs;
  const branch = branchOf(geometry, centre);
  const count = branch.numbers.length;
  const near = nearestTo(centre, shape, branch, evidence).slice(0, Math.min(settings.base + settings.perNumber * count, settings.most));
  if (count === 0 || near.length < count + leastBeyondNumbers) return null;
  const view = viewOf(
    branch,
    centre,
    shape,
    near.map(({ point }) => point),
  );
  const local = evidenceIn(view, branch, evidence, near);
  const layout = hyperparametersOf(branch.numbers.map(({ dimension }) => ({ ...dimension, logRange: 0 })));
  const fitted = fitHyperparameters(layout, local, inputs.fit);
  const lengths = Float64Array.from(shape.lengths);
  for (const [place, { part }] of branch.numbers.entries())
    lengths[part] = Math.exp(fitted[0]?.theta[place] ?? 0) * 2 * (view.halves[place] as number);
  return {
    acquisition: within(branch, new Ensemble(membersOf(layout, fitted, local), inputs.chances, view.of)),
    shape: { ...shape, lengths },
    box: boxOf(geometry, branch, view),
  };
}

interface Neighbour {
  readonly point: Point;
  readonly value: number;
}

/** The trials of a branch with a value, the nearest to its best one first. Failures that stand for a region have none of their own. */
function nearestTo(centre: Point, { warps, lengths }: Shape, branch: Branch, { succeeded, values }: Evidence): Neighbour[] {
  const distanceTo = (point: Point) =>
    branch.numbers.reduce((sum, { part }) => {
      const [own, other] = [warp(centre[part] as number, warps[part] as number), warp(point[part] as number, warps[part] as number)];
      return sum + ((other - own) / (lengths[part] as number)) ** 2;
    }, 0);
  return succeeded
    .map((point, index) => ({ point, value: values[index] as number }))
    .filter(({ point }) => branch.has(point))
    .map((neighbour) => ({ neighbour, distance: distanceTo(neighbour.point) }))
    .sort((one, two) => one.distance - two.distance)
    .map(({ neighbour }) => neighbour);
}

/** Coordinates in which a box around the best point is the unit cube; one for each numeric dimension of the branch. */
interface View {
  /** The centre of the box and half its sides, on the warped axes. */
  readonly middle: Float64Array;
  readonly halves: Float64Array;
  of(point: Point): Point;
}

/** The view of the smallest box around a point, and in the middle of it, that has all of some points. */
function viewOf({ numbers }: Branch, centre: Point, { warps }: Shape, points: readonly Point[]): View {
  const warped = (point: Point) => Float64Array.from(numbers, ({ part }) => warp(point[part] as number, warps[part] as number));
  const middle = warped(centre);
  const all = points.map(warped);
  const halves = middle.map((own, place) => {
    const { dimension, part } = numbers[place] as Branch['numbers'][number];
    const least = dimension.isStepped ? stepAround(dimension, centre[part] as number, warps[part] as number) : leastHalf;
    return all.reduce((most, other) => Math.max(most, Math.abs((other[place] as number) - own)), least);
  });
  return {
    middle,
    halves,
    of: (point) => warped(point).map((own, place) => 0.5 + (own - (middle[place] as number)) / (2 * (halves[place] as number))),
  };
}

/** The share of the warped axis that a value has: about the distance to the next one. */
function stepAround({ parameter }: Dimension, coordinate: number, constant: number): number {
  const { low, high } = unitShare(parameter, decodeUnit(parameter, coordinate));
  return Math.max(warp(high, constant) - warp(low, constant), leastHalf);
}

/** The evidence in the coordinates of a view. */
function evidenceIn(view: View, branch: Branch, { pending, beyond }: Evidence, near: readonly Neighbour[]) {
  const trials = near.map(({ point }) => ({ own: view.of(point), point }));
  return {
    points: trials.map(({ own }) => own),
    values: Float64Array.from(near, ({ value }) => value),
    beyond: new Set(trials.filter(({ point }) => beyond.has(point)).map(({ own }) => own)),
    pending: pending
      .filter((point) => branch.has(point))
      .map((point) => view.of(point))
      .filter((own) => own.every((coordinate) => coordinate > -margin && coordinate < 1 + margin)),
  };
}

/** The box on the warped axes of the whole space; all of an axis that the branch lacks. */
function boxOf({ dimensions }: Geometry, { numbers }: Branch, { middle, halves }: View): Box {
  const [low, high] = [new Float64Array(dimensions.length), new Float64Array(dimensions.length).fill(1)];
  for (const [place, { part }] of numbers.entries()) {
    low[part] = Math.max((middle[place] as number) - (halves[place] as number), 0);
    high[part] = Math.min((middle[place] as number) + (halves[place] as number), 1);
  }
  return { low, high };
}
