import type { ReportRepresentation } from '../api/report.ts';
import type { MemberRepresentation } from '../api/report-members.ts';
import { type Column, tableText } from './table.ts';

type Stretch = MemberRepresentation['history'][number];

/** Formats how the values of the best member changed on the way; empty if those of no member did. */
export function membersText({ members, definition }: ReportRepresentation, width?: number): string {
  const best = members?.[0];
  const names = definition.searchSpace.map(({ name }) => name).filter((name) => best?.history.some(({ parameters }) => name in parameters));
  if (!best || names.length === 0) return '';
  const columns: Column<Stretch>[] = [
    { title: 'steps', align: 'right', cell: ({ from, to }) => (from === to ? String(to) : `${from}-${to}`) },
    ...names.map((name): Column<Stretch> => ({ title: name, align: 'right', cell: ({ parameters }) => String(parameters[name] ?? '') })),
  ];
  return `How the values of the best member changed (member ${best.member}, trial ${best.trial})\n\n${tableText(columns, best.history, width)}`;
}
