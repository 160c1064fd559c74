import { countPoints, type GridAxes, pointAt } from '../samplers/grid/points.ts';
import { canonicalText } from '../shared/digest.ts';
import { randomStream } from '../shared/random.ts';
import type { Configuration } from '../space/configuration.ts';
import type { Parameter, ParameterValue, SearchSpace } from '../space/schema.ts';
import { cardinality, decodeUnit } from '../space/unit-cube.ts';

/**
 * The axes of the grid that crosses some configurations: for each parameter their distinct values, in order. A parameter that none
 * of them has gets one value that never appears, because no configuration has the parent value that would activate it.
 */
export function crossedAxes(space: SearchSpace, finalists: readonly Configuration[]): GridAxes {
  return space.map((parameter) => {
    const values = new Set<ParameterValue>(finalists.flatMap((finalist) => finalist[parameter.name] ?? []));
    return values.size > 0 ? [...values] : [decodeUnit(parameter, 0)];
  });
}

/**
 * Points of a grid of which only some are tried: the finalists first, so that the winner is at least as good as they are, then
 * others drawn at random without repetition. The first points in the grid's order would be a biased part: they share the first
 * finalist's value of every parameter except the last ones.
 *
 * @param trials number of points, less than the grid has
 * @param seed determines the drawn points
 */
export function partOfGrid(
  space: SearchSpace,
  options: { readonly axes: GridAxes; readonly finalists: readonly Configuration[]; readonly trials: number; readonly seed: number },
): Configuration[] {
  const { axes, finalists, trials, seed } = options;
  const stream = randomStream(seed, 'part-of-grid');
  const total = countPoints(space, axes);
  const points = new Map(finalists.slice(0, trials).map((finalist) => [canonicalText(finalist), finalist]));
  while (points.size < trials) {
    const point = pointAt(space, axes, stream.integer(total));
    const text = canonicalText(point);
    if (!points.has(text)) points.set(text, point);
  }
  return [...points.values()];
}

/**
 * The most points that crossing some configurations can give: every parameter exists and no two of them share a value.
 *
 * @param finalists how many, at least 1
 */
export function mostCrossedPoints(space: readonly Parameter[], finalists: number): number {
  return space.reduce((points, parameter) => points * Math.min(finalists, cardinality(parameter)), 1);
}
