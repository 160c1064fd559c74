import type { TestEvaluation } from '../../objectives/text-classifier/test-evaluation.ts';

/** Enough for a smooth line as wide as a page; the area is exact whatever is left out here. */
const pointsAtMost = 100;
/** Finer than any plot; more digits would be most of a report. */
const decimals = 5;

/** A precision-recall curve to be drawn: [recall, precision] by rising recall, at most 100 points at even distances, both ends among them. */
export function curvePoints(curve: TestEvaluation['curve']): [number, number][] {
  const last = curve.length - 1;
  const kept = Math.min(curve.length, pointsAtMost);
  const indices = Array.from({ length: kept }, (_, place) => (kept === 1 ? 0 : Math.round((place * last) / (kept - 1))));
  return indices.flatMap((index) => {
    const point = curve[index];
    return point === undefined ? [] : [[rounded(point.recall), rounded(point.precision)] satisfies [number, number]];
  });
}

function rounded(share: number): number {
  return Number(share.toFixed(decimals));
}
