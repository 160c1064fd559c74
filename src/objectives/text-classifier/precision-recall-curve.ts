import type { Ranking } from './ranking.ts';

/** A point of the curve: rows that score at least `threshold` are predicted positive. */
export interface CurvePoint {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
}

/**
 * Computes the precision-recall curve in order of rising recall, that is, of falling threshold. Every point belongs to a
 * threshold; the conventional start at recall 0 and precision 1 is not among them.
 *
 * A curve of more than `most` points is thinned by largest triangles (Steinarsson, "Downsampling Time Series for Visual
 * Representation", 2013): the first and the last point stay. The others are divided into as many groups of neighbours as
 * points may remain, and each group keeps the point that forms the largest triangle with the point kept before it and the
 * mean of the next group. This keeps most peaks and dips, which evenly spaced points would miss.
 *
 * If no row is positive, recall is 0 everywhere.
 *
 * @param most largest number of points, at least 3
 */
export function precisionRecallCurve({ positives, scores, truePositives, falsePositives }: Ranking, most: number): CurvePoint[] {
  const points = Array.from(scores, (threshold, index) => {
    const found = truePositives[index] as number;
    return { threshold, precision: found / (found + (falsePositives[index] as number)), recall: positives === 0 ? 0 : found / positives };
  });
  return points.length <= most ? points : thinned(points, most);
}

function thinned(points: readonly CurvePoint[], most: number): CurvePoint[] {
  const groupStart = (group: number): number => 1 + Math.floor((group * (points.length - 2)) / (most - 2));
  let kept = points[0] as CurvePoint;
  const result = [kept];
  for (let group = 0; group < most - 2; group += 1) {
    const start = groupStart(group);
    const end = groupStart(group + 1);
    // Only the last point follows the last group.
    const next = meanOf(points.slice(end, Math.max(groupStart(group + 2), end + 1)));
    kept = largestTriangle(points.slice(start, end), kept, next);
    result.push(kept);
  }
  result.push(points[points.length - 1] as CurvePoint);
  return result;
}

type Place = Pick<CurvePoint, 'precision' | 'recall'>;

function meanOf(points: readonly CurvePoint[]): Place {
  const sum = points.reduce((total, { precision, recall }) => ({ precision: total.precision + precision, recall: total.recall + recall }), {
    precision: 0,
    recall: 0,
  });
  return { precision: sum.precision / points.length, recall: sum.recall / points.length };
}

/** Returns the point of the largest triangle, the first one on ties. */
function largestTriangle(points: readonly CurvePoint[], before: Place, next: Place): CurvePoint {
  const twiceArea = ({ precision, recall }: Place): number =>
    Math.abs(
      (before.recall - next.recall) * (precision - before.precision) - (before.recall - recall) * (next.precision - before.precision),
    );
  return points.reduce((largest, point) => (twiceArea(point) > twiceArea(largest) ? point : largest));
}
