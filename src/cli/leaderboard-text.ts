import { metricNames, rankingMetric, type StudyRepresentation } from '../api/study.ts';
import type { RankedTrialRepresentation } from '../api/trial.ts';
import { type Column, tableText } from './table.ts';
import { decimals } from './value-text.ts';

const violationColumn: Column<RankedTrialRepresentation> = {
  title: 'violation',
  align: 'right',
  cell: ({ violation }) => (violation === 0 ? '' : decimals(violation)),
};

/**
 * Formats a leaderboard as a table: rank, trial, generation, value, violation of the constraints if there are any, the other values, and a column for each parameter. Trials
 * and generations have the same numbers as in the API, from 0.
 */
export function leaderboardText(
  spec: Pick<StudyRepresentation['spec'], 'metrics' | 'objective'>,
  trials: readonly RankedTrialRepresentation[],
  width?: number,
): string {
  const metric = rankingMetric({ spec });
  const names = [...new Set(trials.flatMap((trial) => Object.keys(trial.parameters)))].sort();
  const columns: Column<RankedTrialRepresentation>[] = [
    { title: 'rank', align: 'right', cell: (trial) => String(trial.rank) },
    { title: 'trial', align: 'right', cell: (trial) => String(trial.number) },
    { title: 'generation', align: 'right', cell: (trial) => (trial.generation === null ? '' : String(trial.generation)) },
    { title: metric, align: 'right', cell: (trial) => decimals(trial.value) },
    ...(trials.some(({ violation }) => violation !== undefined) ? [violationColumn] : []),
    ...metricNames(spec.objective)
      .filter((name) => name !== metric)
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
