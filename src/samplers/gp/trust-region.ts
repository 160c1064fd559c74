import { type Direction, oriented } from '../contract.ts';
import { type History, isBeyondLimits, isStopped } from '../observation.ts';
import type { Point } from './dimensions.ts';
import { medianOf } from './outputs.ts';
import type { Box, Shape } from './proposals.ts';
import { warp } from './warp.ts';

/** Settings of the width of the box around the best point. A width is the length of its side in a dimension of average lengthscale, as a part of the unit interval. */
export interface RegionSettings {
  readonly start: number;
  readonly most: number;
  /** Below this, the width is reset to `start`. */
  readonly least: number;
  readonly growth: number;
  /** So many suggestions in a row that improve nothing halve the width. */
  readonly patience: number;
}

/** Phase, in the origin of a trial, of suggestions from the box. */
export const nearbyPhase = 'nearby';
/** An improvement counts from this share of the distance between the median and the best value on. */
const countedGain = 0.001;
/** The shortest and the longest side, relative to the mean one. */
const [shortest, longest] = [0.3, 3];

/**
 * The width of the box, from what its suggestions have brought so far (after Eriksson et al., "Scalable Global Optimization via Local Bayesian
 * Optimization", NeurIPS 2019, section 2): a model of the whole space is too coarse for the last digits of a narrow valley.
 */
export function widthAfter(direction: Direction, history: History, { start, most, least, growth, patience }: RegionSettings): number {
  const values: number[] = [];
  let width = start;
  let failures = 0;
  for (const observation of history) {
    const { value, origin } = observation;
    const isRival = value !== null && Number.isFinite(value) && !isBeyondLimits(observation) && !isStopped(observation);
    const loss = isRival ? -oriented(direction, value) : null;
    if (origin['phase'] === nearbyPhase && values.length > 0) {
      if (loss !== null && isGain(values, loss)) {
        width = Math.min(most, growth * width);
        failures = 0;
      } else failures += 1;
      if (failures === patience) {
        width /= 2;
        failures = 0;
      }
      if (width < least) width = start;
    }
    if (loss !== null) insert(values, loss);
  }
  return width;
}

/** @param values ascending */
function isGain(values: readonly number[], loss: number): boolean {
  const best = values[0] as number;
  return best - loss > countedGain * (medianOf(values) - best);
}

function insert(values: number[], value: number): void {
  let place = values.length;
  while (place > 0 && (values[place - 1] as number) > value) place -= 1;
  values.splice(place, 0, value);
}

/** The box of a width around a point, on the warped axes. Where the point lacks a parameter it is the whole axis. */
export function boxAround(point: Point, { warps, lengths, isNumeric }: Shape, width: number): Box {
  const numeric = lengths.filter((_, part) => isNumeric[part]);
  const mean = Math.exp(numeric.reduce((sum, length) => sum + Math.log(length), 0) / numeric.length);
  const sides = lengths.map((length) => width * Math.min(Math.max(length / mean, shortest), longest));
  const centres = point.map((coordinate, part) => warp(coordinate, warps[part] as number));
  const edge = (sign: number) =>
    centres.map((centre, part) => {
      if (Number.isNaN(centre)) return sign < 0 ? 0 : 1;
      return Math.min(Math.max(centre + (sign * (sides[part] as number)) / 2, 0), 1);
    });
  return { low: edge(-1), high: edge(1) };
}
