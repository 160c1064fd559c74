import type { EvaluationCurve } from '../../objectives/evaluations.ts';

/** Enough for a smooth line as wide as a page. */
const pointsAtMost = 100;
/** Finer than any plot; more digits would be most of a report. */
const digits = 5;

/** A curve to be drawn: its first two axes, and at most 100 points at even distances, both ends among them. */
export function drawnCurve(curve: EvaluationCurve): EvaluationCurve {
  const last = curve.points.length - 1;
  const kept = Math.min(curve.points.length, pointsAtMost);
  const indices = Array.from({ length: kept }, (_, place) => (kept === 1 ? 0 : Math.round((place * last) / (kept - 1))));
  return {
    ...curve,
    axes: curve.axes.slice(0, 2),
    points: indices.flatMap((index) => {
      const point = curve.points[index];
      return point === undefined ? [] : [point.slice(0, 2).map((number) => Number(number.toPrecision(digits)))];
    }),
  };
}
