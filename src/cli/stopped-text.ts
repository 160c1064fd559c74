import type { ReportRepresentation } from '../api/report.ts';
import type { StoppedRepresentation } from '../api/report-stopped.ts';
import { counted, formFor } from '../shared/counted.ts';
import { type Column, tableText } from './table.ts';
import { decimals } from './value-text.ts';

/** Characters of a reason that are shown at least: the rung, the step and the value. */
export const shortestReason = 32;

type StoppedTrial = StoppedRepresentation['furthest'][number];

/** Steps whose stopped trials are counted in a line. */
const stepsAtMost = 8;

/** Formats how many trials were stopped at each rung, and why those that got furthest were. Empty if none was. */
export function stoppedText({ stopped, totals, definition }: ReportRepresentation, width?: number): string {
  if (!stopped || stopped.steps.length === 0) return '';
  const columns: Column<StoppedTrial>[] = [
    { title: 'trial', align: 'right', cell: ({ trial }) => String(trial) },
    { title: 'stopped\nafter step', align: 'right', cell: ({ step }) => String(step) },
    { title: definition.metric.name, align: 'right', cell: ({ value }) => decimals(value) },
    ...definition.searchSpace.map(
      ({ name }): Column<StoppedTrial> => ({ title: name, align: 'right', cell: ({ parameters }) => String(parameters[name] ?? '') }),
    ),
    { title: 'reason', align: 'left', cell: ({ reason }) => reason, shortest: shortestReason },
  ];
  const { trialsPruned, stepsSaved } = totals.search;
  const saved = stepsSaved > 0 ? `, which saved ${counted(stepsSaved, 'step')}` : '';
  return [
    `${counted(trialsPruned, 'trial')} ${formFor(trialsPruned, 'was', 'were')} stopped early${saved}: ${stepsText(stopped, trialsPruned)}`,
    '',
    'The stopped trials that got furthest',
    '',
    tableText(columns, stopped.furthest, width),
  ].join('\n');
}

/** The first rungs, and the others together: those of the report, and those that it leaves out. @param all number of stopped trials */
function stepsText({ steps }: StoppedRepresentation, all: number): string {
  const shown = steps.slice(0, stepsAtMost);
  const others = all - shown.reduce((sum, { trials }) => sum + trials, 0);
  return [
    ...shown.map(({ rung, step, trials }) => `${trials} at rung ${rung} (step ${step})`),
    ...(others > 0 ? [`${others} at other steps`] : []),
  ].join(', ');
}

/** Says that some trials of a study are on no leaderboard, and which command lists them with the reason. Empty if none was stopped. */
export function unrankedText(id: string, stopped: number): string {
  if (stopped === 0) return '';
  return `${counted(stopped, 'trial')} ${formFor(stopped, 'was stopped early and has', 'were stopped early and have')} no rank: clavier study trials ${id} --state pruned`;
}
