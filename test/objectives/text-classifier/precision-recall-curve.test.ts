import { describe, expect, test } from 'vitest';
import { type CurvePoint, precisionRecallCurve } from '../../../src/objectives/text-classifier/precision-recall-curve.ts';
import { rankByScore } from '../../../src/objectives/text-classifier/ranking.ts';
import { computedRows } from './computed-rows.ts';

function curves(every: number): { whole: CurvePoint[]; thin: CurvePoint[] } {
  const { labels, scores } = computedRows(every);
  const ranking = rankByScore(labels, scores);
  return { whole: precisionRecallCurve(ranking, Number.POSITIVE_INFINITY), thin: precisionRecallCurve(ranking, 500) };
}

/** Area between the first point and the last, by trapezoids. */
function area(points: readonly CurvePoint[]): number {
  return points.slice(1).reduce((sum, { precision, recall }, index) => {
    const before = points[index] as CurvePoint;
    return sum + ((recall - before.recall) * (precision + before.precision)) / 2;
  }, 0);
}

describe.each([2, 997])('a curve of thousands of points, where every %i. row is positive', (every) => {
  test('keeps 500 of them, the first and the last among them, by rising recall', () => {
    const { whole, thin } = curves(every);
    expect(whole.length).toBeGreaterThan(5000);
    expect(thin).toHaveLength(500);
    expect([thin[0], thin.at(-1)]).toEqual([whole[0], whole.at(-1)]);
    const positions = thin.map((point) => whole.findIndex(({ threshold }) => threshold === point.threshold));
    expect(positions.map((position) => whole[position])).toEqual(thin);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(new Set(positions).size).toBe(500);
  });

  test('keeps its shape', () => {
    const { whole, thin } = curves(every);
    // Points picked evenly are off by 5e-2 where few rows are positive: they miss the peaks.
    expect(Math.abs(area(thin) - area(whole))).toBeLessThan(1e-5);
  });
});

describe('a curve', () => {
  test('of few points keeps all of them', () => {
    const ranking = rankByScore(Uint8Array.of(1, 0, 1), Float64Array.of(0.9, 0.5, 0.5));
    const points = [
      { threshold: 0.9, precision: 1, recall: 0.5 },
      { threshold: 0.5, precision: 2 / 3, recall: 1 },
    ];
    expect(precisionRecallCurve(ranking, 3)).toEqual(points);
  });

  test('keeps the peak and the dip that lie between even places', () => {
    // One positive row far from the ends of its group of neighbours.
    const labels = Uint8Array.from({ length: 41 }, (_, row) => (row === 0 || row === 17 || row === 40 ? 1 : 0));
    const ranking = rankByScore(
      labels,
      Float64Array.from(labels, (_, row) => 1 - row / 41),
    );
    const recalls = precisionRecallCurve(ranking, 8);
    expect(recalls.filter(({ recall }) => recall === 2 / 3)[0]).toMatchObject({ precision: 2 / 18 });
  });

  test('without a positive row has recall 0 everywhere', () => {
    const ranking = rankByScore(new Uint8Array(4), Float64Array.of(0.1, 0.2, 0.3, 0.4));
    expect(precisionRecallCurve(ranking, 3).map(({ precision, recall }) => [precision, recall])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });
});
