import * as Plot from '@observablehq/plot';
import type { ComparedStudyRepresentation, ComparisonRepresentation } from '../api/comparison.ts';
import { studyNames } from '../api/study-names.ts';
import { wholeTicks } from './axis-ticks.ts';
import { decimal, whole } from './formats.ts';
import { escaped, figure, sideways } from './html.ts';
import { seriesLegend, seriesOf } from './series.ts';
import { svgOf } from './svg.ts';
import { valueAxis } from './value-axis.ts';

/** A measure of the effort, on the horizontal axis. */
interface Effort {
  readonly id: string;
  readonly name: string;
  readonly at: (point: ComparedStudyRepresentation['bestSoFar'][number]) => number;
  readonly total: (study: ComparedStudyRepresentation) => number;
}

const efforts: readonly Effort[] = [
  { id: 'trials', name: 'charged trials', at: ({ trialsCharged }) => trialsCharged, total: ({ cost }) => cost.trialsCharged },
  { id: 'steps', name: 'steps done', at: ({ stepsDone }) => stepsDone, total: ({ cost }) => cost.stepsDone },
];

interface Line {
  readonly name: string;
  readonly index: number;
  readonly study: ComparedStudyRepresentation;
}

/** Draws the best value so far of each study as step curves: against the charged trials and, where steps were done, against these. */
export function comparisonCurves({ studies, label, metrics }: ComparisonRepresentation): string {
  const names = studyNames(studies);
  const lines = studies
    .map((study, index): Line => ({ name: names[index] ?? study.name, index, study }))
    .filter(({ study }) => study.bestSoFar.length > 0);
  if (lines.length === 0) return '<p class="nothing">No trial has a value yet.</p>';
  const legend = seriesLegend(
    lines.map(({ name }) => name),
    lines.map(({ index }) => index),
  );
  const direction = metrics[0] ? ` (${metrics[0].direction}d)` : '';
  const drawn = efforts.filter(({ total }) => lines.some(({ study }) => total(study) > 0));
  const figures = drawn.map((effort) =>
    figure(
      sideways(`Best value so far against ${effort.name}`, curves(effort, label, lines)),
      `Best ${escaped(label)}${direction} so far against the number of ${effort.name}. Each line ends with what its study has used so far.`,
    ),
  );
  const note = lines.some(({ study }) => study.cost.sources.imported > 0)
    ? '<p class="soft">Imported results have no steps: their trials count, but move no line to the right where steps are counted.</p>'
    : '';
  return `${legend}${figures.join('')}${note}`;
}

function curves(effort: Effort, label: string, lines: readonly Line[]): string {
  const last = Math.max(...lines.map(({ study }) => effort.total(study)));
  const values = lines.flatMap(({ study }) => study.bestSoFar.map(({ value }) => value));
  const y = valueAxis({ values, label: `best ${label}`, place: 'left', length: 288 });
  return svgOf(
    {
      id: `best-by-${effort.id}`,
      title: `Best ${label} so far against ${effort.name}`,
      description: lines.map((line) => `${line.name}: ${ending(effort, line)}`).join('; '),
    },
    {
      width: 1160,
      height: 360,
      marginLeft: Math.max(56, y.margin),
      marginRight: 24,
      marginTop: 30,
      marginBottom: 42,
      x: { domain: [0, Math.max(1, last)], label: effort.name, ticks: wholeTicks(last), tickFormat: whole },
      y: y.scale,
      marks: lines.flatMap(({ study, index }) => {
        const points = pointsOf(effort, study);
        return [
          Plot.line(points, { x: 'effort', y: 'value', curve: 'step-after', strokeWidth: 2, ...seriesOf(index) }),
          Plot.dot(points.slice(-1), { x: 'effort', y: 'value', r: 3, fill: seriesOf(index).stroke }),
        ];
      }),
    },
  );
}

function pointsOf({ at, total }: Effort, study: ComparedStudyRepresentation): { effort: number; value: number }[] {
  const points = study.bestSoFar.map((point) => ({ effort: at(point), value: point.value }));
  const last = points.at(-1);
  return last && last.effort < total(study) ? [...points, { effort: total(study), value: last.value }] : points;
}

function ending({ name, total }: Effort, { study }: Line): string {
  return `${decimal(study.bestSoFar.at(-1)?.value ?? null)} after ${whole(total(study))} ${name}`;
}
