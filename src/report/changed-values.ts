import * as Plot from '@observablehq/plot';
import type { ReportRepresentation } from '../api/report.ts';
import type { MemberRepresentation } from '../api/report-members.ts';
import { counted, formFor } from '../shared/counted.ts';
import type { Parameter } from '../space/schema.ts';
import { numberAxis, type ParameterAxis, wholeTicks } from './axis-ticks.ts';
import { decimal, parameterText, whole } from './formats.ts';
import { escaped, figure, scrolled, sideways } from './html.ts';
import { metricLabel } from './labels.ts';
import { lineKey } from './line-key.ts';
import { svgOf } from './svg.ts';

type NumericParameter = Exclude<Parameter, { readonly type: 'categorical' }>;

/** The looks of the best member and of all others, as those of learning curves. */
const looks = {
  best: { stroke: 'var(--text)', strokeWidth: 2.5, strokeOpacity: 1 },
  other: { stroke: 'var(--class-3)', strokeWidth: 1, strokeOpacity: 0.6 },
} as const;

/** CSS pixels of a digit in a label, and of the tick mark beside it with the space around it. */
const [digitWidth, tickWidth] = [7, 14];

/**
 * Draws how the values of the members of a population changed: a plot of each numeric parameter against the steps, and a table of the best member.
 * Empty if no value changed.
 */
export function changedValues(report: ReportRepresentation): string {
  const { members = [], definition } = report;
  const [best, ...others] = members;
  const changed = definition.searchSpace.filter(({ name }) =>
    members.some(({ history }) => history.some(({ parameters }) => name in parameters)),
  );
  if (!best || changed.length === 0) return '';
  const numeric = changed.flatMap((parameter) => (parameter.type === 'categorical' ? [] : [parameter]));
  const isWide = numeric.length === 1;
  const plots = numeric.map((parameter, index) => {
    const svg = plot(parameter, { members, id: `changed-${index + 1}`, isWide });
    const caption = `${escaped(parameter.name)} of each member against the step${parameter.scale === 'log' ? ' (logarithmic axis)' : ''}.`;
    return figure(isWide ? sideways(`How ${parameter.name} changed`, svg) : svg, caption);
  });
  const figures = isWide ? plots.join('') : `<div class="pair">${plots.join('')}</div>`;
  return `<p>${escaped(introduction(report, best))}</p>
${numeric.length > 0 ? `${legend(best, others.length)}${figures}` : ''}
${historyTable(best, changed)}`;
}

/** Says what a history is and how the best member got its own. */
function introduction({ definition }: ReportRepresentation, best: MemberRepresentation): string {
  const changes = best.history.length - 1;
  return [
    `Member ${best.member} (trial ${best.trial}) is the best one:`,
    `${metricLabel(definition)} ${decimal(best.value)} after ${whole(best.steps)} ${formFor(best.steps, 'step')}, with ${changes === 0 ? 'the same values throughout' : `${counted(changes, 'change')} of its values on the way`}.`,
    'The values of its last steps alone do not lead to its result: to train it again, change the values after the same steps.',
    'A member that copies another one also has the history of that one.',
  ].join(' ');
}

interface PlotOptions {
  readonly members: readonly MemberRepresentation[];
  readonly id: string;
  readonly isWide: boolean;
}

function plot(parameter: NumericParameter, { members, id, isWide }: PlotOptions): string {
  const { name, scale } = parameter;
  const [best, ...others] = members;
  const values = members.flatMap((member) => valuesOf(member, name));
  const axis = numberAxis(Math.min(...values), Math.max(...values), { log: scale === 'log', whole: parameter.type === 'int' });
  const last = Math.max(...members.map(({ steps }) => steps));
  const lines = (drawn: readonly MemberRepresentation[]) => drawn.flatMap((member) => pointsOf(member, name, axis));
  const at = { x: 'step', y: 'at', z: 'member', curve: 'step-after', title: 'title' } as const;
  const bestLine = best ? pointsOf(best, name, axis) : [];
  return svgOf(
    { id, title: `${name} of each member against its steps`, description: description(name, members) },
    {
      width: isWide ? 1160 : 570,
      height: isWide ? 360 : 300,
      marginLeft: Math.max(56, Math.max(...axis.ticks.map(({ text }) => text.length)) * digitWidth + tickWidth),
      marginRight: 24,
      marginTop: 30,
      marginBottom: 42,
      x: { domain: [0, last], label: 'step', ticks: wholeTicks(last), tickFormat: whole },
      y: {
        domain: [0, 1],
        label: name,
        grid: true,
        ticks: axis.ticks.map((tick) => tick.at),
        tickFormat: (_at: number, index: number) => axis.ticks[index]?.text ?? '',
      },
      marks: [
        Plot.line(lines(others), { ...at, ...looks.other }),
        Plot.line(bestLine, { ...at, ...looks.best }),
        Plot.dot(bestLine.slice(-1), { x: 'step', y: 'at', title: 'title', r: 3.5, fill: looks.best.stroke }),
      ],
    },
  );
}

/** The values of a parameter, by stretch; none where it is not active. */
function valuesOf({ history }: MemberRepresentation, name: string): number[] {
  return history.flatMap(({ parameters: { [name]: value } }) => (typeof value === 'number' ? [value] : []));
}

/** The corners of a line: each stretch begins after the last step of the one before. */
function pointsOf({ member, trial, value, steps, history }: MemberRepresentation, name: string, axis: Pick<ParameterAxis, 'place'>) {
  const title = `member ${member}, trial ${trial}: ${decimal(value)}`;
  const starts = history.map(({ from, parameters }) => ({ member, step: from - 1, at: axis.place(parameters[name]), title }));
  const end = starts.at(-1);
  return end ? [...starts, { ...end, step: steps }] : [];
}

function description(name: string, members: readonly MemberRepresentation[]): string {
  const best = members[0];
  const values = best ? valuesOf(best, name) : [];
  const [first, last] = [values[0], values.at(-1)];
  const lines = counted(members.length, 'line');
  if (!best || first === undefined || last === undefined) return lines;
  return `${lines}; the best one, of member ${best.member}, begins at ${parameterText(first)} and ends at ${parameterText(last)} after step ${best.steps}`;
}

function legend({ member }: MemberRepresentation, others: number): string {
  const items = [`<li>${lineKey(looks.best)}the best member (${member})</li>`];
  if (others > 0)
    items.push(`<li>${lineKey({ ...looks.other, strokeWidth: 1.5 })}${counted(others, 'other member')} (of equal lines one is seen)</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function historyTable({ history }: MemberRepresentation, changed: readonly Parameter[]): string {
  const head = ['steps', ...changed.map(({ name }) => name)].map((name) => `<th scope="col">${escaped(name)}</th>`);
  const rows = history.map(({ from, to, parameters }) => {
    const steps = from === to ? whole(to) : `${whole(from)} – ${whole(to)}`;
    return `<tr><th scope="row">${steps}</th>${changed.map(({ name }) => `<td>${escaped(parameterText(parameters[name]))}</td>`).join('')}</tr>`;
  });
  return scrolled(
    'The values of the best member',
    `<table><caption>The values of the best member</caption><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`,
  );
}
