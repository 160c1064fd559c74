import * as Plot from '@observablehq/plot';
import { metricLabel } from '../api/metric-label.ts';
import type { ReportRepresentation } from '../api/report.ts';
import type { LearningCurvesRepresentation } from '../api/report-curves.ts';
import { counted, formFor } from '../shared/counted.ts';
import { roundCounts, wholeTicks } from './axis-ticks.ts';
import { decimal, whole } from './formats.ts';
import { escaped, figure, sideways } from './html.ts';
import { sentence } from './labels.ts';
import { type LearningLine, type LineKind, learningLines, type ValueRange, valueRange, withinRange } from './learning-lines.ts';
import { lineKey, lineLooks } from './line-key.ts';
import { svgOf } from './svg.ts';
import { valueAxis } from './value-axis.ts';

/** The look of each kind of line; later ones are drawn over earlier ones. The dashes tell stopped trials without colour. */
const looks = {
  completed: lineLooks.other,
  stopped: { stroke: 'var(--series-2)', strokeWidth: 1, strokeOpacity: 0.6, strokeDasharray: '3 2' },
  best: lineLooks.leading,
} as const satisfies Record<LineKind, object>;

/** A part whose lines are drawn. */
interface Drawn {
  readonly part: LearningCurvesRepresentation;
  readonly lines: readonly LearningLine[];
}

/** Draws the metric of each trial against its steps, a plot for each part; empty if no trial has more than one step. */
export function learningCurveFigures(report: ReportRepresentation): string {
  const { learningCurves, methods, definition, kind } = report;
  const drawn = learningCurves.map((part): Drawn => {
    const best = methods.find((method) => method.part === part.part)?.best?.trial ?? null;
    return { part, lines: learningLines(part, best) };
  });
  const lines = drawn.flatMap((one) => one.lines);
  const range = valueRange(lines, definition.metric.direction);
  if (range === null) return '';
  const isWide = kind === 'study';
  const figures = drawn.map((one, index) => {
    const svg = curves({ ...one, id: `learning-${index + 1}`, range, label: metricLabel(definition), isWide });
    return figure(isWide ? sideways('Learning curves', svg) : svg, caption(report, one, range));
  });
  return `${legend(lines)}${isWide ? figures.join('') : `<div class="pair">${figures.join('')}</div>`}`;
}

interface CurvesPlot extends Drawn {
  readonly id: string;
  readonly range: ValueRange;
  readonly label: string;
  readonly isWide: boolean;
}

function curves({ part, lines, id, range, label, isWide }: CurvesPlot): string {
  const steps = lines.flatMap(({ points }) => points.map(({ step }) => step));
  const height = isWide ? 420 : 320;
  const y = valueAxis({ values: [range.best, range.worst], label, place: 'left', length: height - 72, isNice: false });
  return svgOf(
    { id, title: `${sentence(label)} of the trials of ${part.part} against their steps`, description: description({ part, lines }) },
    {
      width: isWide ? 1160 : 570,
      height,
      marginLeft: Math.max(56, y.margin),
      marginRight: 24,
      marginTop: 30,
      marginBottom: 42,
      x: stepAxis(Math.min(...steps), Math.max(...steps)),
      y: y.scale,
      marks: (['completed', 'stopped', 'best'] as const).flatMap((kind) => marksOf(kind, lines, range)),
    },
  );
}

/** Ratio of the last step to the first from which on the axis is logarithmic: rungs are at even ratios, and curves change most in the beginning. */
const logRatio = 50;

function stepAxis(first: number, last: number): Plot.ScaleOptions {
  const isLog = last / first >= logRatio;
  const ticks = (isLog ? roundCounts(last) : wholeTicks(last)).filter((tick) => tick > first);
  return {
    type: isLog ? 'log' : 'linear',
    domain: [first, last],
    label: isLog ? 'step (logarithmic)' : 'step',
    ticks: [first, ...ticks],
    tickFormat: whole,
  };
}

/** The lines of a kind, and the marks of those that end early or have one point. */
function marksOf(kind: LineKind, all: readonly LearningLine[], range: ValueRange): Plot.Markish[] {
  const lines = all.filter((line) => line.kind === kind);
  const points = lines.flatMap((line) =>
    line.points.map(({ step, value }) => ({ trial: line.trial, step, value: withinRange(range, value), title: titleOf(line) })),
  );
  const ends = lines.filter((line) => kind !== 'completed' || line.points.length === 1).flatMap(endOf(range));
  const { strokeWidth, strokeDasharray, stroke, strokeOpacity } = looks[kind];
  const at = { x: 'step', y: 'value', title: 'title' } as const;
  return [
    Plot.line(points, { ...at, z: 'trial', stroke, strokeWidth, strokeOpacity, strokeDasharray }),
    kind === 'stopped'
      ? Plot.dot(ends, { ...at, symbol: 'times', r: 3, stroke, strokeWidth: 1.5 })
      : Plot.dot(ends, { ...at, r: kind === 'best' ? 3.5 : 1.5, fill: stroke }),
  ];
}

function endOf(range: ValueRange) {
  return (line: LearningLine) =>
    line.points.slice(-1).map(({ step, value }) => ({ step, value: withinRange(range, value), title: titleOf(line) }));
}

/** The text that a browser shows beside the pointer. */
function titleOf({ trial, value, prunedAt }: LearningLine): string {
  return `trial ${trial}: ${decimal(value)}${prunedAt === undefined ? '' : `, stopped after step ${prunedAt}`}`;
}

function description({ part, lines }: Drawn): string {
  const best = lines.find(({ kind }) => kind === 'best');
  const end = best?.points.at(-1);
  const stopped = lines.filter(({ kind }) => kind === 'stopped').length;
  return [
    `${part.part}: ${counted(lines.length, 'line')}`,
    ...(best && end ? [`the best one, of trial ${best.trial}, ends at ${decimal(end.value)} after step ${end.step}`] : []),
    ...(stopped > 0 ? [`${stopped} ${formFor(stopped, 'ends', 'end')} where the trial was stopped`] : []),
  ].join('; ');
}

/** Says which trials are drawn, and what the axis leaves out; HTML. */
function caption({ definition, kind }: ReportRepresentation, { part, lines }: Drawn, range: ValueRange): string {
  const { direction } = definition.metric;
  const what = `${escaped(sentence(metricLabel(definition)))} (${direction}d) of ${kind === 'study' ? 'the trials' : escaped(part.part)} against the step.`;
  const cut = range.isCut ? ` Values ${direction === 'minimize' ? 'above' : 'below'} ${decimal(range.worst)} are drawn at the edge.` : '';
  return `${what} ${whichText(part, lines.length)}${cut}`;
}

function whichText({ trials, sampled }: LearningCurvesRepresentation, drawn: number): string {
  if (drawn === trials) return `${drawn === 1 ? 'The only trial is' : `All ${whole(drawn)} trials are`} drawn.`;
  const some = `${whole(drawn)} of ${whole(trials)} trials are drawn`;
  return sampled
    ? `${some}: the best ones, and others spread evenly over all numbers. A line has at most 100 points.`
    : `${some}: the others have no measurements along the way.`;
}

/** The kinds of lines that there are. */
function legend(lines: readonly LearningLine[]): string {
  const names: Record<LineKind, string> = {
    best: 'the best trial',
    completed: 'completed trials',
    stopped: 'stopped early; the cross is the step after which the trial was stopped',
  };
  const items = (['best', 'completed', 'stopped'] as const)
    .filter((kind) => lines.some((line) => line.kind === kind))
    .map((kind) => `<li>${lineKey(looks[kind], kind === 'stopped' ? 'cross' : undefined)}${names[kind]}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}
