import { changesText } from '../api/changes-text.ts';
import { rankingMetric, type StudyRepresentation } from '../api/study.ts';
import type { TrialRepresentation } from '../api/trial.ts';
import { shortestReason } from './stopped-text.ts';
import { type Column, tableText } from './table.ts';
import { decimals } from './value-text.ts';

/** The step after which a trial was stopped early, and why. */
const stopColumns: readonly Column<TrialRepresentation>[] = [
  { title: 'stopped\nafter step', align: 'right', cell: ({ prunedAt }) => (prunedAt === undefined ? '' : String(prunedAt)) },
  { title: 'reason', align: 'left', cell: ({ pruneReason }) => pruneReason ?? '', shortest: shortestReason },
];

/** Characters of the changes of values that are shown at least: those of one parameter. */
const shortestChange = 40;

/** Formats trials as a table: number, generation, state, value, a column for each parameter, how its values changed, and the reason of a failure or an early stop. */
export function trialsText(
  spec: Pick<StudyRepresentation['spec'], 'metrics' | 'searchSpace'>,
  trials: readonly TrialRepresentation[],
  width?: number,
): string {
  const generational = trials.some(({ generation }) => generation !== null);
  const changes = (trial: TrialRepresentation): string => changesText(spec.searchSpace, trial);
  const columns: Column<TrialRepresentation>[] = [
    { title: 'trial', align: 'right', cell: ({ number }) => String(number) },
    ...(generational
      ? [{ title: 'gener-\nation', align: 'right' as const, cell: ({ generation }: TrialRepresentation) => String(generation ?? '') }]
      : []),
    { title: 'state', align: 'left', cell: ({ state }) => state },
    { title: rankingMetric({ spec }), align: 'right', cell: valueText },
    ...spec.searchSpace.map(
      ({ name }): Column<TrialRepresentation> => ({
        title: name,
        align: 'right',
        cell: ({ parameters }) => String(parameters[name] ?? ''),
      }),
    ),
    ...(trials.some(({ earlierValues }) => earlierValues !== undefined)
      ? [{ title: 'changed on the way', align: 'left' as const, cell: changes, shortest: shortestChange, extra: true }]
      : []),
    ...(trials.some(({ error }) => error !== null)
      ? [{ title: 'error', align: 'left' as const, cell: ({ error }: TrialRepresentation) => error?.code ?? '' }]
      : []),
    ...(trials.some(({ prunedAt }) => prunedAt !== undefined) ? stopColumns : []),
    { title: 'steps', align: 'right', cell: ({ stepsDone }) => String(stepsDone), extra: true },
    { title: 'source', align: 'left', cell: ({ source }) => source ?? '', extra: true },
  ];
  return tableText(columns, trials, width);
}

/** Returns the value, a dash for a completed trial whose value is not finite, nothing for any other. */
function valueText({ state, value }: TrialRepresentation): string {
  if (value !== null) return decimals(value);
  return state === 'completed' ? '–' : '';
}
