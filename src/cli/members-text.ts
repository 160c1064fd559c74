import { leadingMemberText } from '../api/leading-member.ts';
import type { ReportRepresentation } from '../api/report.ts';
import type { MemberRepresentation } from '../api/report-members.ts';
import { type Column, tableText, wrapped } from './table.ts';

type Segment = MemberRepresentation['history'][number];

/** Formats how the values of the leading member changed on the way; empty if those of no member did. */
export function membersText(report: ReportRepresentation, width = Number.POSITIVE_INFINITY): string {
  const { members, definition } = report;
  const leading = members?.[0];
  const names = definition.searchSpace
    .map(({ name }) => name)
    .filter((name) => leading?.history.some(({ parameters }) => name in parameters));
  if (!leading || names.length === 0) return '';
  const columns: Column<Segment>[] = [
    { title: 'steps', align: 'right', cell: ({ from, to }) => (from === to ? String(to) : `${from}-${to}`) },
    ...names.map((name): Column<Segment> => ({ title: name, align: 'right', cell: ({ parameters }) => String(parameters[name] ?? '') })),
  ];
  const text = wrapped(leadingMemberText(report, leading).split(' '), width, '').join('\n');
  return `How the values of the leading member changed\n\n${text}\n\n${tableText(columns, leading.history, width)}`;
}
