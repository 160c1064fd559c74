import type { ProjectDetails, ProjectRepresentation } from '../api/project.ts';
import { type Column, tableText } from './table.ts';

/** Formats projects as a table. */
export function projectsText(projects: readonly ProjectRepresentation[], width?: number): string {
  const columns: Column<ProjectRepresentation>[] = [
    { title: 'project', align: 'left', cell: ({ name }) => name },
    { title: 'state', align: 'left', cell: ({ state }) => state },
    { title: 'weight', align: 'right', cell: ({ weight }) => String(weight) },
    { title: 'open studies', align: 'right', cell: ({ quotas }) => limitText(quotas.openStudies), extra: true },
    { title: 'trials a day', align: 'right', cell: ({ quotas }) => limitText(quotas.trialsPerDay), extra: true },
    { title: 'bytes', align: 'right', cell: ({ quotas }) => limitText(quotas.storedBytes), extra: true },
    { title: 'slots', align: 'right', cell: ({ quotas }) => limitText(quotas.slots), extra: true },
    { title: 'created', align: 'left', cell: ({ createdAt }) => createdAt },
  ];
  return tableText(columns, projects, width);
}

/** Describes a project with what it uses of its quotas. */
export function projectText({ name, state, weight, quotas, usage }: ProjectDetails): string {
  const line = (title: string, used: number | null, limit: number | null): string =>
    `${title.padEnd(14)}${used ?? 'not measured'} of ${limitText(limit)}`;
  return [
    `project       ${name}${state === 'erasing' ? ' (is being erased)' : ''}`,
    `weight        ${weight}`,
    line('open studies', usage.openStudies, quotas.openStudies),
    line('trials today', usage.trialsToday, quotas.trialsPerDay),
    line('stored bytes', usage.storedBytes, quotas.storedBytes),
    line('slots', usage.slots, quotas.slots),
  ].join('\n');
}

function limitText(limit: number | null): string {
  return limit === null ? 'no limit' : String(limit);
}
