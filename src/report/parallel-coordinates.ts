import * as Plot from '@observablehq/plot';
import { metricLabel } from '../api/metric-label.ts';
import type { ReportRepresentation } from '../api/report.ts';
import { oriented } from '../samplers/contract.ts';
import { formFor } from '../shared/counted.ts';
import { numberAxis, type ParameterAxis, parameterAxis } from './axis-ticks.ts';
import { configurationText, decimal, whole } from './formats.ts';
import { escaped, figure, nothing, sideways } from './html.ts';
import { withoutValue } from './limits.ts';
import { lineKey } from './line-key.ts';
import { svgOf } from './svg.ts';

/** Colour classes by rank: the share of trials below each, and the style of its lines. The best are drawn last. */
const classes = [
  { below: 0.5, name: 'lower half', look: { strokeOpacity: 0.35, strokeWidth: 0.8 } },
  { below: 0.75, name: 'next quarter', look: { strokeOpacity: 0.45, strokeWidth: 0.9 } },
  { below: 0.9, name: 'best 25 %', look: { strokeOpacity: 0.6, strokeWidth: 1 } },
  { below: 0.98, name: 'best 10 %', look: { strokeOpacity: 0.8, strokeWidth: 1.2 } },
  { below: 1, name: 'best 2 %', look: { strokeOpacity: 1, strokeWidth: 1.6 } },
] as const;

type Row = ReportRepresentation['trials']['rows'][number];
interface Line {
  readonly id: number;
  readonly value: number;
  readonly row: Row;
}

/** Draws every trial as a line across the axes of its parameters and its value, coloured by rank. */
export function parallelCoordinatesFigure(report: ReportRepresentation): string {
  const lines = rankedLines(report);
  if (lines.length === 0) return nothing(report, withoutValue(report));
  const values = lines.map(({ value }) => value);
  const axes: ParameterAxis[] = [
    ...report.definition.searchSpace.map(parameterAxis),
    {
      name: report.definition.metric.name,
      log: false,
      ...numberAxis(Math.min(...values), Math.max(...values), { log: false, whole: false }),
    },
  ];
  const groups = classed(lines);
  const winner = report.finalists.find((finalist) => finalist.winner);
  const label = metricLabel(report.definition);
  const svg = svgOf(
    {
      id: 'parallel-coordinates',
      title: `Parallel coordinates of ${whole(lines.length)} ${formFor(lines.length, 'trial')}`,
      description: `Axes: ${axes.map((axis) => axis.name).join(', ')}. Each line is a trial; its colour shows its rank by ${label}.${winner ? ` The winner: ${configurationText(winner.parameters)}.` : ''}`,
    },
    {
      width: 1160,
      height: 460,
      marginTop: 40,
      marginBottom: 24,
      marginLeft: 60,
      marginRight: 60,
      x: { type: 'linear', domain: [0, axes.length - 1], axis: null },
      y: { domain: [0, 1], axis: null },
      marks: [
        ...groups.map(({ members, look }, index) => lineMark(members, axes, { stroke: `var(--class-${index + 1})`, ...look })),
        ...(winner ? [winnerMark(report, winner, axes)] : []),
        ...axisMarks(axes),
      ],
    },
  );
  return figure(`${legend(groups, winner !== undefined)}${sideways('Parallel coordinates', svg)}`, caption(report, lines.length));
}

/** Orders the lines worst first, so that the best are on top. Equal values keep the order of the rows. */
function rankedLines({ trials, definition }: ReportRepresentation): Line[] {
  const { direction } = definition.metric;
  return trials.rows
    .flatMap((row, id): Line[] => (typeof row[2] === 'number' ? [{ id, value: row[2], row: row.slice(3) }] : []))
    .sort((one, other) => oriented(direction, one.value) - oriented(direction, other.value));
}

function classed(lines: readonly Line[]) {
  return classes.map(({ below, name, look }, index) => {
    const start = Math.round((classes[index - 1]?.below ?? 0) * lines.length);
    return { name, look, members: lines.slice(start, Math.round(below * lines.length)) };
  });
}

/** Draws lines with a gap at parameters that are not active. */
function lineMark(lines: readonly Line[], axes: readonly ParameterAxis[], look: object): Plot.Markish {
  const points = lines.flatMap(({ id, row, value }) => axes.map((axis, x) => ({ id, x, y: axis.place(x < row.length ? row[x] : value) })));
  return Plot.line(points, { x: 'x', y: 'y', z: 'id', ...look });
}

/** Draws the winner. If the final trained on other data, its line ends before the value axis, because its value does not compare. */
function winnerMark(
  { definition, finalLeaders }: ReportRepresentation,
  winner: ReportRepresentation['finalists'][number],
  axes: readonly ParameterAxis[],
): Plot.Markish {
  const row = definition.searchSpace.map(({ name }) => winner.parameters[name] ?? null);
  const look = { stroke: 'currentColor', strokeWidth: 2.2, strokeDasharray: '6 3' };
  const drawn = finalLeaders.length > 0 ? axes.slice(0, -1) : axes;
  return winner.value === null ? null : lineMark([{ id: 0, value: winner.value, row }], drawn, look);
}

/** Draws the axes over the lines; their labels have the background colour of the page, so that they stay readable. */
function axisMarks(axes: readonly ParameterAxis[]): Plot.Markish[] {
  const ticks = axes.flatMap((axis, x) => axis.ticks.map(({ at, text }) => ({ x, y: at, text })));
  const halo = { fill: 'currentColor', stroke: 'var(--page)', strokeWidth: 4, fontSize: 11 };
  return [
    Plot.ruleX(
      axes.map((_, x) => x),
      { stroke: 'currentColor', strokeWidth: 1.2 },
    ),
    Plot.dot(ticks, { x: 'x', y: 'y', r: 1.8, fill: 'currentColor' }),
    Plot.text(ticks, { x: 'x', y: 'y', text: 'text', textAnchor: 'end', dx: -6, ...halo }),
    Plot.text(axes, {
      x: (_axis: ParameterAxis, x: number) => x,
      y: 1,
      dy: -22,
      text: (axis: ParameterAxis) => (axis.log ? `${axis.name} (log)` : axis.name),
      fontWeight: 600,
      fontSize: 12,
    }),
  ];
}

function legend(groups: ReturnType<typeof classed>, hasWinner: boolean): string {
  const items = groups.map(({ name, members }, index) => {
    const [first, last] = [members[0], members.at(-1)];
    const values = first && last ? `${decimal(Math.min(first.value, last.value))} – ${decimal(Math.max(first.value, last.value))}` : 'none';
    return `<li>${lineKey({ stroke: `var(--class-${index + 1})`, strokeWidth: 3 })}${escaped(name)} <small>${values}</small></li>`;
  });
  if (hasWinner) items.push(`<li>${lineKey({ stroke: 'currentColor', strokeWidth: 3, strokeDasharray: '6 3' })}winner</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function caption({ trials, definition }: ReportRepresentation, drawn: number): string {
  const thinned = trials.rows.length < trials.completed;
  const which = thinned
    ? `${whole(drawn)} of ${whole(trials.completed)} completed ${formFor(trials.completed, 'trial')}, evenly spaced by number; the CSV has all.`
    : drawn === 1
      ? 'The only completed trial that has a value.'
      : `All ${whole(drawn)} completed trials that have a value.`;
  const gaps = definition.searchSpace.some(({ when }) => when !== undefined)
    ? ' A gap in a line: the parameter is not active in that trial.'
    : '';
  return `${which} The colour shows the rank by ${escaped(metricLabel(definition))}; axes have the scales of the search space.${gaps}`;
}
