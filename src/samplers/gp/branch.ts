import type { Geometry, NumericDimension, Point, Settle } from './dimensions.ts';
import type { Acquisition } from './search.ts';

/** The part of a space with the same choices and the same parameters as some point has. */
export interface Branch {
  /** Its numeric dimensions, and their indices in a point. */
  readonly numbers: readonly { readonly dimension: NumericDimension; readonly part: number }[];
  /** True for a point in this part. */
  has(point: Point): boolean;
}

/** The branch of a point. */
export function branchOf({ dimensions }: Geometry, centre: Point): Branch {
  const isHere = (part: number) => !Number.isNaN(centre[part]);
  return {
    numbers: dimensions.flatMap((dimension, part) => (dimension.kind === 'numeric' && isHere(part) ? [{ dimension, part }] : [])),
    has: (point) =>
      dimensions.every(({ kind }, part) =>
        kind === 'numeric' ? Number.isNaN(point[part]) !== isHere(part) : Object.is(point[part], centre[part]),
      ),
  };
}

/** Gives places the choices of a point. So they stay in its branch, unless whole numbers decide about it as well. */
export function withChoicesOf({ dimensions }: Geometry, point: Point, settle: Settle): Settle {
  const isFixed = dimensions.map(({ kind }, part) => kind === 'categorical' && !Number.isNaN(point[part]));
  return (place) => settle(place.map((coordinate, part) => (isFixed[part] ? (point[part] as number) : coordinate)));
}

/** An acquisition within a branch: points of other branches have −Infinity. */
export function within(branch: Branch, acquisition: Acquisition): Acquisition {
  const judge = (points: readonly Point[], scoresOf: (inside: readonly Point[]) => Float64Array) => {
    const scores = new Float64Array(points.length).fill(Number.NEGATIVE_INFINITY);
    const inside = points.flatMap((point, index) => (branch.has(point) ? [{ point, index }] : []));
    const own = scoresOf(inside.map(({ point }) => point));
    for (const [place, { index }] of inside.entries()) scores[index] = own[place] as number;
    return scores;
  };
  return {
    score: (points) => judge(points, (inside) => acquisition.score(inside)),
    scoreByFirst: (points) => judge(points, (inside) => acquisition.scoreByFirst(inside)),
  };
}
