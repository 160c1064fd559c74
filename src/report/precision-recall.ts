import * as Plot from '@observablehq/plot';
import type { ReportFinalistRepresentation } from '../api/report.ts';
import { decimal } from './formats.ts';
import { svgOf } from './svg.ts';

type Measurement = NonNullable<ReportFinalistRepresentation['test']>;
type Curve = Measurement['curve'];

/**
 * The precision-recall curves of one finalist: of its first training, and of each repeat.
 *
 * @param index place among the finalists, for ids
 */
export function precisionRecallPlot({ test, repeats }: ReportFinalistRepresentation, index: number, name: string): string {
  const repeated = repeats.flatMap(({ measured }) => (measured ? [measured] : []));
  const all = test ? [test, ...repeated] : repeated;
  const [first] = all;
  if (!first) return '';
  const prevalence = first.metrics.rows === 0 ? 0 : first.metrics.positives / first.metrics.rows;
  const line = (curve: Curve, look: object) =>
    Plot.line(fromNoRecall(curve), {
      x: (point: readonly number[]) => point[0],
      y: (point: readonly number[]) => point[1],
      curve: 'step-before',
      ...look,
    });
  return svgOf(
    {
      id: `precision-recall-${index}`,
      title: `Precision-recall curves of ${name} on the test split`,
      description: `Areas: ${all.map(({ metrics }) => decimal(metrics.aucPr)).join(', ')}. Without any skill: ${decimal(prevalence)}.`,
    },
    {
      width: 440,
      height: 320,
      marginLeft: 46,
      marginTop: 30,
      marginBottom: 40,
      x: { domain: [0, 1], label: 'recall', ticks: 5 },
      y: { domain: [lowestTenth(prevalence, all), 1], grid: true, label: 'precision', ticks: 6 },
      marks: [
        Plot.ruleY([prevalence], { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '3 4' }),
        ...repeated.map(({ curve }) => line(curve, { stroke: 'var(--series-2)', strokeOpacity: 0.55, strokeWidth: 1.2 })),
        ...(test ? [line(test.curve, { stroke: 'var(--series-1)', strokeWidth: 2 })] : []),
      ],
    },
  );
}

/** The average precision counts the first point from recall 0 on; without this a model with one threshold would have no line at all. */
function fromNoRecall(curve: Curve): Curve {
  const [first] = curve;
  return first ? [[0, first[1]], ...curve] : [];
}

/** Where the axis of precision begins: below every point, and a little below the line of no skill. */
function lowestTenth(prevalence: number, measured: readonly Measurement[]): number {
  const lowest = measured.flatMap(({ curve }) => curve.map(([, precision]) => precision));
  return Math.floor(Math.min(prevalence * 0.8, ...lowest) * 10) / 10;
}
