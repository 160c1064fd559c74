import * as Plot from '@observablehq/plot';
import { metricLabel } from '../api/metric-label.ts';
import type { ReportRepresentation } from '../api/report.ts';
import { counted } from '../shared/counted.ts';
import { wholeTicks } from './axis-ticks.ts';
import { decimal } from './formats.ts';
import { escaped, figure, nothing } from './html.ts';
import { seriesLegend, seriesOf } from './series.ts';
import { svgOf } from './svg.ts';
import { valueAxis } from './value-axis.ts';

/** Draws the mean and best value of each generation of the searches that have generations; empty if there are none. */
export function generationFigures(report: ReportRepresentation): string {
  const { generations, methods, definition } = report;
  if (generations.length === 0) return '';
  const drawn = generations
    .map((curve) => ({ ...curve, index: methods.findIndex(({ part }) => part === curve.part) }))
    .filter(({ generations: closed }) => closed.length > 0);
  if (drawn.length === 0) return nothing(report, 'no generation is complete');
  const label = metricLabel(definition);
  const legend = seriesLegend(
    drawn.map(({ part }) => part),
    drawn.map(({ index }) => index),
  );
  const plots = (['mean', 'best'] as const).map((which) =>
    figure(
      curves(which, label, drawn),
      `${which === 'mean' ? 'Mean' : 'Best'} ${escaped(label)} of the population, generation by generation.`,
    ),
  );
  return `${legend}<div class="pair">${plots.join('')}</div>`;
}

type Drawn = ReportRepresentation['generations'][number] & { readonly index: number };

function curves(which: 'mean' | 'best', metric: string, drawn: readonly Drawn[]): string {
  const title = `${which === 'mean' ? 'Mean' : 'Best'} ${metric} of the population of each generation`;
  const last = Math.max(...drawn.map(({ generations }) => generations.at(-1)?.number ?? 0));
  const values = drawn.flatMap((curve) => pointsOf(which, curve).map(({ value }) => value));
  const y = valueAxis({ values, label: `${which} ${metric}`, place: 'left', length: 248 });
  return svgOf(
    { id: `generations-${which}`, title, description: drawn.map((curve) => ending(which, curve)).join('; ') },
    {
      width: 570,
      height: 320,
      marginLeft: Math.max(56, y.margin),
      marginTop: 30,
      marginBottom: 42,
      x: { domain: [0, Math.max(1, last)], label: 'generation', tickFormat: 'd', ticks: wholeTicks(last) },
      y: y.scale,
      marks: drawn.flatMap((curve) => [
        Plot.line(pointsOf(which, curve), { x: 'generation', y: 'value', strokeWidth: 2, ...seriesOf(curve.index) }),
        Plot.dot(pointsOf(which, curve).slice(-1), { x: 'generation', y: 'value', r: 3, fill: seriesOf(curve.index).stroke }),
      ]),
    },
  );
}

function pointsOf(which: 'mean' | 'best', { generations }: Drawn): { generation: number; value: number | null }[] {
  return generations.map((generation) => ({ generation: generation.number, value: generation[which] }));
}

function ending(which: 'mean' | 'best', curve: Drawn): string {
  const points = pointsOf(which, curve);
  return `${curve.part}: from ${decimal(points[0]?.value ?? null)} to ${decimal(points.at(-1)?.value ?? null)} in ${counted(points.length, 'generation')}`;
}
