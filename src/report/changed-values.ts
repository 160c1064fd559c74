import * as Plot from '@observablehq/plot';
import { leadingMemberText } from '../api/leading-member.ts';
import type { ReportRepresentation } from '../api/report.ts';
import type { MemberRepresentation } from '../api/report-members.ts';
import { counted } from '../shared/counted.ts';
import type { Parameter } from '../space/schema.ts';
import { numberAxis, type ParameterAxis, wholeTicks } from './axis-ticks.ts';
import { decimal, parameterText, whole } from './formats.ts';
import { escaped, figure, scrolled, sideways } from './html.ts';
import { lineKey, lineLooks } from './line-key.ts';
import { svgOf } from './svg.ts';

type NumericParameter = Exclude<Parameter, { readonly type: 'categorical' }>;

/** CSS pixels of a digit in a label, and of the tick mark beside it with the space around it. */
const [digitWidth, tickWidth] = [7, 14];

/**
 * Draws how the values of the members of a population changed: a plot of each numeric parameter against the steps, and a table of the leading member.
 * Empty if no value changed.
 */
export function changedValues(report: ReportRepresentation): string {
  const { members = [], definition } = report;
  const [leading, ...others] = members;
  const changed = definition.searchSpace.filter(({ name }) =>
    members.some(({ history }) => history.some(({ parameters }) => name in parameters)),
  );
  if (!leading || changed.length === 0) return '';
  const numeric = changed.flatMap((parameter) => (parameter.type === 'categorical' ? [] : [parameter]));
  const isWide = numeric.length === 1;
  const plots = numeric.map((parameter, index) => {
    const svg = plot(parameter, { members, id: `changed-${index + 1}`, isWide });
    const caption = `${escaped(parameter.name)} of each member against the step${parameter.scale === 'log' ? ' (logarithmic axis)' : ''}.`;
    return figure(isWide ? sideways(`How ${parameter.name} changed`, svg) : svg, caption);
  });
  const figures = isWide ? plots.join('') : `<div class="pair">${plots.join('')}</div>`;
  return `<p>${escaped(introduction(report, leading))}</p>
${numeric.length > 0 ? `${legend(leading, others.length)}${figures}` : ''}
${historyTable(leading, changed)}`;
}

/** Says which member leads and what its history is. */
function introduction(report: ReportRepresentation, leading: MemberRepresentation): string {
  return [
    leadingMemberText(report, leading),
    'The values of the last steps of a member alone do not lead to its result: to train it again, change the values after the same steps.',
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
  const values = members.flatMap((member) => valuesOf(member, name));
  const axis = numberAxis(Math.min(...values), Math.max(...values), { log: scale === 'log', whole: parameter.type === 'int' });
  const last = Math.max(...members.map(({ steps }) => steps));
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
      marks: marksOf(members, (member) => pointsOf(member, name, axis)),
    },
  );
}

/** The lines of all members, that of the leading one over the others and with a dot at its end. */
function marksOf(
  [leading, ...others]: readonly MemberRepresentation[],
  pointsOf: (member: MemberRepresentation) => Point[],
): Plot.Markish[] {
  const at = { x: 'step', y: 'at', z: 'member', curve: 'step-after', title: 'title' } as const;
  const leadingLine = leading ? pointsOf(leading) : [];
  return [
    Plot.line(others.flatMap(pointsOf), { ...at, ...lineLooks.other }),
    Plot.line(leadingLine, { ...at, ...lineLooks.leading }),
    Plot.dot(leadingLine.slice(-1), { x: 'step', y: 'at', title: 'title', r: 3.5, fill: lineLooks.leading.stroke }),
  ];
}

/** A corner of a line. */
interface Point {
  readonly member: number;
  readonly step: number;
  /** Place on the axis, from 0 to 1; undefined where the parameter is not active. */
  readonly at: ReturnType<ParameterAxis['place']>;
  readonly title: string;
}

/** The values of a parameter, by segment; none where it is not active. */
function valuesOf({ history }: MemberRepresentation, name: string): number[] {
  return history.flatMap(({ parameters: { [name]: value } }) => (typeof value === 'number' ? [value] : []));
}

/** The corners of a line: each segment begins after the last step of the one before. */
function pointsOf(
  { member, trial, value, steps, history }: MemberRepresentation,
  name: string,
  axis: Pick<ParameterAxis, 'place'>,
): Point[] {
  const title = `member ${member}, trial ${trial}: ${decimal(value)}`;
  const starts = history.map(({ from, parameters }) => ({ member, step: from - 1, at: axis.place(parameters[name]), title }));
  const end = starts.at(-1);
  return end ? [...starts, { ...end, step: steps }] : [];
}

function description(name: string, members: readonly MemberRepresentation[]): string {
  const leading = members[0];
  const values = leading ? valuesOf(leading, name) : [];
  const [first, last] = [values[0], values.at(-1)];
  const lines = counted(members.length, 'line');
  if (!leading || first === undefined || last === undefined) return lines;
  return `${lines}; that of the leading member (${leading.member}) begins at ${parameterText(first)} and ends at ${parameterText(last)} after step ${leading.steps}`;
}

function legend({ member }: MemberRepresentation, others: number): string {
  const items = [`<li>${lineKey(lineLooks.leading)}the leading member (${member})</li>`];
  if (others > 0) items.push(`<li>${lineKey(lineLooks.other)}${counted(others, 'other member')} (equal lines overlap)</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function historyTable({ history }: MemberRepresentation, changed: readonly Parameter[]): string {
  const head = ['steps', ...changed.map(({ name }) => name)].map((name) => `<th scope="col">${escaped(name)}</th>`);
  const rows = history.map(({ from, to, parameters }) => {
    const steps = from === to ? whole(to) : `${whole(from)} – ${whole(to)}`;
    return `<tr><th scope="row">${steps}</th>${changed.map(({ name }) => `<td>${escaped(parameterText(parameters[name]))}</td>`).join('')}</tr>`;
  });
  return scrolled(
    'The values of the leading member',
    `<table><caption>The values of the leading member</caption><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`,
  );
}
