import * as Plot from '@observablehq/plot';
import type { ReportRepresentation } from '../api/report.ts';
import type { ReportFrontRepresentation } from '../api/report-front.ts';
import { counted, formFor } from '../shared/counted.ts';
import { decimal, parameterText, whole } from './formats.ts';
import { escaped, figure, nothing, scrolled, sideways } from './html.ts';
import { withoutValue } from './limits.ts';
import { svgOf } from './svg.ts';
import { valueAxis } from './value-axis.ts';

type Metric = ReportFrontRepresentation['metrics'][number];
type Point = { readonly trial: number; readonly values: Readonly<Record<string, number | null>> };

/** The axes are 1,072 by 328. */
const size = { width: 1160, height: 400, marginLeft: 64, marginRight: 24, marginTop: 30, marginBottom: 42 };

/** Draws each pair of metrics as a scatter plot, with the front marked; with two metrics the front is a line too. */
export function frontFigures(report: ReportRepresentation, front: ReportFrontRepresentation): string {
  if (front.members.length === 0) return nothing(report, withoutValue(report));
  const isLimited = report.definition.constraints !== undefined;
  const pairs = front.metrics.flatMap((x, index) => front.metrics.slice(index + 1).map((y): [Metric, Metric] => [x, y]));
  return pairs.map(([x, y], index) => scatter(front, { x, y, id: `front-${index + 1}`, isLimited })).join('\n');
}

interface Axes {
  readonly x: Metric;
  readonly y: Metric;
  readonly id: string;
  /** The study has constraints. */
  readonly isLimited: boolean;
}

function scatter(front: ReportFrontRepresentation, { x, y, id, isLimited }: Axes): string {
  const { metrics, members, others } = front;
  const within = others.filter(({ violation = 0 }) => violation === 0);
  const beyond = others.filter(({ violation = 0 }) => violation !== 0);
  const [first, second] = [axisText(x), axisText(y)];
  const isLine = metrics.length === 2;
  const steps = isLine ? [...members].sort((one, other) => at(one, x) - at(other, x)) : [];
  const place = { x: (point: Point) => at(point, x), y: (point: Point) => at(point, y) };
  const points = [...members, ...others];
  const across = valueAxis({ values: points.map(place.x), label: first, place: 'bottom', length: 1072 });
  const upright = valueAxis({ values: points.map(place.y), label: second, place: 'left', length: 328 });
  const svg = svgOf(
    {
      id,
      title: `${y.label} against ${x.label}`,
      description: `${counted(front.size, 'trial')} on the front, marked, and ${counted(within.length, 'other trial')}${beyond.length > 0 ? `, and ${counted(beyond.length, 'trial')} beyond a limit` : ''}. ${first}; ${second}.`,
    },
    {
      ...size,
      marginLeft: Math.max(size.marginLeft, upright.margin),
      marginRight: Math.max(size.marginRight, across.margin),
      x: across.scale,
      y: upright.scale,
      marks: [
        Plot.dot(within, {
          ...place,
          r: 2.5,
          fill: 'currentColor',
          fillOpacity: 0.35,
        }),
        Plot.dot(beyond, {
          ...place,
          r: 3,
          symbol: 'times',
          stroke: 'currentColor',
          strokeOpacity: 0.5,
        }),
        ...(isLine
          ? [
              Plot.line(steps, {
                ...place,
                stroke: 'var(--series-1)',
                strokeWidth: 1.5,
              }),
            ]
          : []),
        Plot.dot(members, {
          ...place,
          r: 4,
          fill: 'var(--series-1)',
          symbol: 'diamond',
        }),
      ],
    },
  );
  const which = front.size > members.length ? `${whole(members.length)} of the ${whole(front.size)} trials` : 'The trials';
  const noBetter = `no other trial${isLimited ? ' within the limits' : ''} is at least as good as one of them in every metric and better in one`;
  const caption = `${which} on the front are diamonds: ${noBetter}.${beyond.length > 0 ? ' Trials beyond a limit are crosses.' : ''} ${escaped(first)}; ${escaped(second)}.`;
  return figure(sideways(`${x.label} and ${y.label}`, svg), caption);
}

function at({ values }: Point, { name }: Metric): number {
  return values[name] ?? Number.NaN;
}

function axisText({ label, direction }: Metric): string {
  return `${label}, ${direction === 'maximize' ? 'more' : 'less'} is better`;
}

/** Draws the hypervolume against the number of completed trials. */
export function hypervolumeFigure(report: ReportRepresentation, { hypervolumes, reference }: ReportFrontRepresentation): string {
  const last = hypervolumes.at(-1);
  if (!last || !reference) return nothing(report, withoutValue(report));
  const values = [0, ...hypervolumes.map(({ hypervolume }) => hypervolume)];
  const y = valueAxis({ values, label: 'hypervolume', place: 'left', length: 328, isNice: false });
  const svg = svgOf(
    {
      id: 'hypervolume',
      title: 'Hypervolume against completed trials',
      description: `${decimal(last.hypervolume)} after ${whole(last.trials)} ${formFor(last.trials, 'trial')}.`,
    },
    {
      ...size,
      marginLeft: Math.max(size.marginLeft, y.margin),
      x: { label: 'completed trials', tickFormat: whole },
      y: y.scale,
      marks: [
        Plot.line(hypervolumes, { x: 'trials', y: 'hypervolume', curve: 'step-after', stroke: 'var(--series-1)', strokeWidth: 2 }),
        Plot.dot([last], { x: 'trials', y: 'hypervolume', r: 3, fill: 'var(--series-1)' }),
      ],
    },
  );
  const point = reference.map(({ name, value }) => `${name} ${Number(value.toPrecision(6))}`).join(', ');
  const caption = `Volume between the front of the first trials and the reference point, the worst value of each metric (${escaped(point)}). More is better.`;
  return figure(sideways('Hypervolume', svg), caption);
}

/** Formats the trials of the front: their metrics and parameters, in the order of the first metric. */
export function frontTable(report: ReportRepresentation, { metrics, members, size: all }: ReportFrontRepresentation): string {
  if (members.length === 0) return nothing(report, withoutValue(report));
  const parameters = report.definition.searchSpace.map(({ name }) => name);
  const head = ['trial', ...metrics.map(({ label }) => label), ...parameters].map((name) => `<th scope="col">${escaped(name)}</th>`);
  const [first] = metrics;
  const sign = first?.direction === 'maximize' ? -1 : 1;
  const rows = [...members]
    .sort((one, other) => (first ? sign * (at(one, first) - at(other, first)) : 0) || one.trial - other.trial)
    .map(({ trial, values, parameters: own }) => {
      const cells = [...metrics.map(({ name }) => decimal(values[name] ?? null)), ...parameters.map((name) => parameterText(own[name]))];
      return `<tr><th scope="row">${trial}</th>${cells.map((text) => `<td>${escaped(text)}</td>`).join('')}</tr>`;
    });
  const table = `<table class="leaders"><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const left = all > members.length ? `<p>${whole(members.length)} of ${whole(all)} trials, spread over the front.</p>` : '';
  return left + scrolled('The front', table);
}
