import type { ParetoFrontRepresentation } from '../api/front.ts';
import type { ReportRepresentation } from '../api/report.ts';
import type { StudyRepresentation } from '../api/study.ts';
import { counted } from '../shared/counted.ts';
import { leaderboardText } from './leaderboard-text.ts';
import { type Column, tableText } from './table.ts';
import { decimals } from './value-text.ts';

/** Members of the front that a report shows in the terminal. */
const reportedAtMost = 10;

/**
 * Formats a Pareto front: its size and hypervolume, then its trials as a leaderboard.
 *
 * @param more the id of the study, whose command for the other trials is then named
 */
export function frontText(
  spec: StudyRepresentation['spec'],
  front: ParetoFrontRepresentation,
  { width, more }: { readonly width?: number | undefined; readonly more?: string },
): string {
  const { size, items, hypervolume, reference } = front;
  const point = reference?.map(({ name, value }) => `${name} ${value}`).join(', ');
  return [
    sizeText(size, items.length),
    ...(hypervolume === null ? [] : [`hypervolume ${hypervolume.toPrecision(6)} from the reference point ${point}`]),
    ...(items.length === 0 ? [] : ['', leaderboardText(spec, items, width)]),
    ...(more === undefined ? [] : moreLines(more, size - items.length)),
  ].join('\n');
}

type Front = NonNullable<ReportRepresentation['front']>;
type Member = Front['members'][number] & { readonly rank: number };

/** Formats the front of a report: its size, then its least crowded trials with all metrics and parameters. Empty if there is none. */
export function reportFrontText({ id, front, definition }: ReportRepresentation, width?: number): string {
  if (!front) return '';
  const members = front.members.slice(0, reportedAtMost).map((member, index): Member => ({ ...member, rank: index + 1 }));
  const columns: Column<Member>[] = [
    { title: 'rank', align: 'right', cell: ({ rank }) => String(rank) },
    { title: 'trial', align: 'right', cell: ({ trial }) => String(trial) },
    ...front.metrics.map(({ name }): Column<Member> => ({ title: name, align: 'right', cell: ({ values }) => decimals(values[name]) })),
    ...definition.searchSpace.map(
      ({ name }): Column<Member> => ({ title: name, align: 'right', cell: ({ parameters }) => String(parameters[name] ?? '') }),
    ),
  ];
  return [
    sizeText(front.size, members.length),
    ...(members.length === 0 ? [] : ['', tableText(columns, members, width)]),
    ...moreLines(id, front.size - members.length),
  ].join('\n');
}

function sizeText(size: number, shown: number): string {
  return `${counted(size, 'trial')} on the front${size > shown ? `, of which ${shown} that are spread over it are shown` : ''}`;
}

function moreLines(id: string, left: number): string[] {
  return left <= 0 ? [] : ['', `${left} more: clavier study front ${id}`];
}
