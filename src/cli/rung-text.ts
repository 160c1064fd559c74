import type { ReportRepresentation } from '../api/report.ts';
import type { RungRepresentation } from '../api/report-rungs.ts';
import { rungWords } from '../api/rounds.ts';
import { type Column, tableText } from './table.ts';
import { decimals } from './value-text.ts';

/** Formats how many trials each rung, or each round of a population, had, and how many went on; empty for a search without rungs. */
export function rungText(report: ReportRepresentation, width?: number): string {
  const { rungs, definition } = report;
  if (!rungs) return '';
  const { one, heading, goingOn, savesSteps } = rungWords(report);
  const columns: Column<RungRepresentation>[] = [
    { title: one, align: 'right', cell: ({ rung }) => String(rung) },
    {
      title: 'steps',
      align: 'right',
      cell: ({ fewestSteps, mostSteps }) => (fewestSteps === mostSteps ? String(mostSteps) : `${fewestSteps}-${mostSteps}`),
    },
    { title: 'trials', align: 'right', cell: ({ trials }) => String(trials) },
    { title: 'went on', align: 'right', cell: ({ wentOn }) => String(wentOn) },
    { title: `best\n${definition.metric.name}`, align: 'right', cell: ({ best }) => decimals(best) },
    ...(savesSteps ? [savedColumn] : []),
  ];
  return `${heading}; each that went on is ${goingOn}\n\n${tableText(columns, rungs, width)}`;
}

const savedColumn: Column<RungRepresentation> = { title: 'steps\nsaved', align: 'right', cell: ({ stepsSaved }) => String(stepsSaved) };
