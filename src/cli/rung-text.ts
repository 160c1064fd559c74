import type { ReportRepresentation } from '../api/report.ts';
import type { RungRepresentation } from '../api/report-rungs.ts';
import { type Column, tableText } from './table.ts';
import { decimals } from './value-text.ts';

/** Formats how many trials each rung had, and how many went on; empty for a search without rungs. */
export function rungText({ rungs, definition, members }: ReportRepresentation, width?: number): string {
  if (!rungs) return '';
  // A member that does not go on copies another one: no steps are saved.
  const isPopulation = members !== undefined;
  const columns: Column<RungRepresentation>[] = [
    { title: isPopulation ? 'round' : 'rung', align: 'right', cell: ({ rung }) => String(rung) },
    {
      title: 'steps',
      align: 'right',
      cell: ({ fewestSteps, mostSteps }) => (fewestSteps === mostSteps ? String(mostSteps) : `${fewestSteps}-${mostSteps}`),
    },
    { title: 'trials', align: 'right', cell: ({ trials }) => String(trials) },
    { title: 'went on', align: 'right', cell: ({ wentOn }) => String(wentOn) },
    { title: `best\n${definition.metric.name}`, align: 'right', cell: ({ best }) => decimals(best) },
    ...(isPopulation ? [] : [savedColumn]),
  ];
  const title = isPopulation
    ? 'Trials of each round; those that went on are continued in the next one, by their member or by one that copies it'
    : 'Trials at each rung; those that went on are continued at the next one';
  return `${title}\n\n${tableText(columns, rungs, width)}`;
}

const savedColumn: Column<RungRepresentation> = { title: 'steps\nsaved', align: 'right', cell: ({ stepsSaved }) => String(stepsSaved) };
