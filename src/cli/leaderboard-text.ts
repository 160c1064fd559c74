import { metricNames, type StudyRepresentation } from '../api/study.ts';
import type { RankedTrialRepresentation } from '../api/trial.ts';
import { type Column, tableText } from './table.ts';
import { decimals } from './value-text.ts';

/** A trial beyond a limit is on no front; the ends of a front are infinitely far from a neighbour. */
const frontColumns: readonly Column<RankedTrialRepresentation>[] = [
  { title: 'front', align: 'right', cell: ({ front }) => String(front ?? '–') },
  {
    title: 'crowding',
    align: 'right',
    cell: ({ front, crowding }) => (front == null ? '' : crowding == null ? '∞' : decimals(crowding)),
    extra: true,
  },
];

const violationColumn: Column<RankedTrialRepresentation> = {
  title: 'violation',
  align: 'right',
  cell: ({ violation }) => (violation === 0 ? '' : decimals(violation)),
};

/**
 * Formats a leaderboard as a table: rank, trial, generation, front and crowding if there are several metrics, the metrics, violation of the constraints if there are any, the other values, and a column for each parameter. Trials
 * and generations have the same numbers as in the API, from 0.
 */
export function leaderboardText(
  spec: Pick<StudyRepresentation['spec'], 'metrics' | 'objective'>,
  trials: readonly RankedTrialRepresentation[],
  width?: number,
): string {
  const metrics = spec.metrics.map(({ name }) => name);
  const isFront = trials.some(({ front }) => front !== undefined);
  const names = [...new Set(trials.flatMap((trial) => Object.keys(trial.parameters)))].sort();
  const columns: Column<RankedTrialRepresentation>[] = [
    { title: 'rank', align: 'right', cell: (trial) => String(trial.rank) },
    { title: 'trial', align: 'right', cell: (trial) => String(trial.number) },
    { title: 'generation', align: 'right', cell: (trial) => (trial.generation === null ? '' : String(trial.generation)) },
    ...(isFront ? frontColumns : []),
    ...metrics.map(
      (name): Column<RankedTrialRepresentation> => ({
        title: name,
        align: 'right',
        cell: ({ value, values }) => decimals(metrics.length > 1 ? values?.[name] : value),
      }),
    ),
    ...(trials.some(({ violation }) => violation !== undefined) ? [violationColumn] : []),
    ...metricNames(spec.objective)
      .filter((name) => !metrics.includes(name))
      .map(
        (name): Column<RankedTrialRepresentation> => ({
          title: name,
          align: 'right',
          cell: (trial) => decimals(trial.values?.[name]),
          extra: true,
        }),
      ),
    ...names.map(
      (name): Column<RankedTrialRepresentation> => ({ title: name, align: 'right', cell: (trial) => String(trial.parameters[name] ?? '') }),
    ),
  ];
  return tableText(columns, trials, width);
}
