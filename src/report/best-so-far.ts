import * as Plot from '@observablehq/plot';
import { metricLabel } from '../api/metric-label.ts';
import type { ReportRepresentation } from '../api/report.ts';
import { formFor } from '../shared/counted.ts';
import { roundCounts } from './axis-ticks.ts';
import { decimal, whole } from './formats.ts';
import { escaped, figure, nothing, sideways } from './html.ts';
import { withoutValue } from './limits.ts';
import { seriesLegend, seriesOf } from './series.ts';
import { svgOf } from './svg.ts';
import { valueAxis } from './value-axis.ts';

/** Draws the best value so far of each search against the charged trials, as step curves. */
export function bestSoFarFigure(report: ReportRepresentation): string {
  const { bestSoFar, definition } = report;
  const drawn = bestSoFar.map((curve, index) => ({ ...curve, index })).filter(({ improvements }) => improvements.length > 0);
  if (drawn.length === 0) return nothing(report, withoutValue(report));
  const { direction } = definition.metric;
  const label = metricLabel(definition);
  const values = drawn.flatMap((curve) => pointsOf(curve).map(({ value }) => value));
  const y = valueAxis({ values, label: `best ${label}`, place: 'left', length: 328 });
  const svg = svgOf(
    {
      id: 'best-so-far',
      title: `Best ${label} so far against charged trials`,
      description: drawn.map((curve) => `${curve.part}: ${ending(curve)}`).join('; '),
    },
    {
      width: 1160,
      height: 400,
      marginLeft: Math.max(56, y.margin),
      marginRight: 24,
      marginTop: 30,
      marginBottom: 42,
      x: {
        type: 'log',
        label: 'charged trials (logarithmic)',
        ticks: roundCounts(Math.max(...drawn.map(({ trialsCharged }) => trialsCharged))),
        tickFormat: whole,
      },
      y: y.scale,
      marks: drawn.flatMap((curve) => [
        Plot.line(pointsOf(curve), { x: 'trials', y: 'value', curve: 'step-after', strokeWidth: 2, ...seriesOf(curve.index) }),
        Plot.dot(pointsOf(curve).slice(-1), { x: 'trials', y: 'value', r: 3, fill: seriesOf(curve.index).stroke }),
      ]),
    },
  );
  const caption = `Best ${escaped(label)} (${direction}d) so far against the number of charged trials. Each line ends with its search.`;
  return figure(
    `${seriesLegend(
      drawn.map(({ part }) => part),
      drawn.map(({ index }) => index),
    )}${sideways('Best value so far', svg)}`,
    caption,
  );
}

type Curve = ReportRepresentation['bestSoFar'][number];

function pointsOf({ improvements, trialsCharged }: Curve): { trials: number; value: number }[] {
  const points = improvements.map(({ trialsCharged: trials, value }) => ({ trials, value }));
  const last = points.at(-1);
  return last && last.trials < trialsCharged ? [...points, { trials: trialsCharged, value: last.value }] : points;
}

function ending({ improvements, trialsCharged }: Curve): string {
  const last = improvements.at(-1);
  return last
    ? `${decimal(last.value)} after ${whole(trialsCharged)} ${formFor(trialsCharged, 'trial')}, found at trial ${whole(last.trialsCharged)}`
    : 'no value';
}
