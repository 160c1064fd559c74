import * as Plot from '@observablehq/plot';
import type { EvaluationRepresentation } from '../api/evaluation.ts';
import { svgOf } from './svg.ts';

type Curve = EvaluationRepresentation['curves'][number];
type Axis = Curve['axes'][number];

/** One curve of a finalist: from its first training and from each repeat. */
export interface FinalistCurves {
  readonly first: Curve | null;
  readonly repeats: readonly Curve[];
}

/** Draws the curves of a finalist in one plot; empty if there are none. */
export function evaluationCurvePlot(
  { first, repeats }: FinalistCurves,
  words: { readonly id: string; readonly title: string; readonly description: string },
): string {
  const all = first ? [first, ...repeats] : repeats;
  const [shown] = all;
  const [across, up] = shown?.axes ?? [];
  if (!shown || !across || !up) return '';
  const { baseline } = shown;
  const lowest = lowestTenth(up, [
    ...all.flatMap(({ points }) => points.map(([, height]) => height ?? up.low)),
    ...(baseline ? [up.low + (baseline.value - up.low) * 0.8] : []),
  ]);
  return svgOf(words, {
    width: 440,
    height: 320,
    marginLeft: 46,
    marginTop: 30,
    marginBottom: 40,
    x: { domain: [across.low, across.high], label: across.name, ticks: 5 },
    y: { domain: [lowest, up.high], grid: true, label: up.name, ticks: 6 },
    marks: [
      ...(baseline ? [Plot.ruleY([baseline.value], { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '3 4' })] : []),
      ...repeats.map((curve) => line(curve, across, { stroke: 'var(--series-2)', strokeOpacity: 0.55, strokeWidth: 1.2 })),
      ...(first ? [line(first, across, { stroke: 'var(--series-1)', strokeWidth: 2 })] : []),
    ],
  });
}

function line({ points, steps }: Curve, across: Axis, look: object): Plot.Markish {
  return Plot.line(steps ? fromLowEnd(points, across) : points, {
    x: (point: readonly number[]) => point[0],
    y: (point: readonly number[]) => point[1],
    curve: steps ? 'step-before' : 'linear',
    ...look,
  });
}

/** Extends a step curve to the low end of its axis, at the height of its first point, so that even a single point is a line. */
function fromLowEnd(points: Curve['points'], { low }: Axis): Curve['points'] {
  const [first] = points;
  return first ? [[low, first[1] ?? 0], ...points] : [];
}

/** Returns the largest tenth of the axis that is below every height. */
function lowestTenth({ low, high }: Axis, heights: readonly number[]): number {
  const tenth = (high - low) / 10;
  return low + Math.floor(Math.max(0, Math.min(high, ...heights) - low) / tenth) * tenth;
}
