import { normalQuantile } from '../../shared/normal.ts';
import type { RandomStream } from '../../shared/random.ts';
import { type Geometry, insideCube, type Point } from './dimensions.ts';
import type { Distribution } from './distribution.ts';
import { times } from './eigen.ts';

/** Draws of a point whose continuous coordinates are within the bounds; the last one is moved to the nearest bounds. */
const mostDraws = 20;
/** Half the distance of two uniform numbers: a quantile exists for 0 too. */
const halfStep = 2 ** -54;

/**
 * Draws a point. Where a continuous coordinate lies outside of the cube, the numbers are drawn again, up to 20 times; then each such
 * coordinate is set to its bound. Stepped coordinates have no bounds: beyond the first or last value they mean that value.
 *
 * @param root C^½
 */
export function drawnPoint(geometry: Geometry, distribution: Distribution, root: Float64Array, stream: RandomStream): Point {
  const choices = distribution.categories.probabilities.map((own) => drawnChoice(own, stream.uniform()));
  const { mean, sigma } = distribution.gaussian;
  for (let draw = 1; ; draw += 1) {
    const step = times(
      root,
      Float64Array.from(mean, () => normalQuantile(stream.uniform() + halfStep)),
    );
    const coordinates = mean.map((middle, index) => middle + sigma * (step[index] as number));
    if (geometry.numeric.every(({ isStepped }, index) => isStepped || isInside(coordinates[index] as number)))
      return { coordinates, choices };
    if (draw === mostDraws)
      return { coordinates: coordinates.map((each, index) => (geometry.numeric[index]?.isStepped ? each : insideCube(each))), choices };
  }
}

/** The point as it is tried: steps are scaled by the margin. */
export function shownPoint({ gaussian: { mean }, scales }: Distribution, { coordinates, choices }: Point): Point {
  return {
    coordinates: coordinates.map((coordinate, index) => {
      const middle = mean[index] as number;
      return (coordinate - middle) * (scales[index] as number) + middle;
    }),
    choices,
  };
}

function isInside(coordinate: number): boolean {
  return coordinate >= 0 && coordinate <= 1;
}

/** The choice whose share of [0, 1) holds `coordinate`. */
function drawnChoice(probabilities: readonly number[], coordinate: number): number {
  let reached = 0;
  for (const [choice, probability] of probabilities.entries()) {
    reached += probability;
    if (coordinate < reached) return choice;
  }
  return probabilities.length - 1;
}
