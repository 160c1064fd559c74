import type { CampaignDryRun } from '../api/campaign-request.ts';
import type { StudyDryRun } from '../api/study-request.ts';
import { timeRangeText } from './durations.ts';
import { type Column, tableText } from './table.ts';

type Estimate = CampaignDryRun['estimate'];
type Effort = Estimate['total'] & { readonly name: string };

/** Text of an estimate, part by part, with the numbers that the scale changed. */
export function dryRunText({ scaled, estimate }: CampaignDryRun): string {
  const rows: Effort[] = [...estimate.parts, { ...estimate.total, name: 'in all' }];
  return [
    ...(scaled.length > 0 ? ['Scaled down:', ...scaled.map(({ what, from, to }) => `  ${what}: ${from} → ${to}`), ''] : []),
    tableText(columns, rows),
    '',
    estimate.assumes,
    'Nothing was created. Run the command without --dry-run to start the campaign.',
  ].join('\n');
}

/** Text of the estimate of a study. */
export function studyDryRunText({ estimate }: StudyDryRun): string {
  const { assumes, ...effort } = estimate;
  return [
    tableText(effortColumns, [effort]),
    '',
    assumes,
    'Nothing was created. Run the command without --dry-run to start the study.',
  ].join('\n');
}

const effortColumns: readonly Column<Estimate['total']>[] = [
  { title: 'trials\nat most', align: 'right', cell: (row) => countText(row.trials) },
  { title: 'trainings\nat most', align: 'right', cell: (row) => countText(row.trainingsAtMost) },
  { title: 'steps\nat most', align: 'right', cell: (row) => countText(row.stepsAtMost) },
  { title: 'steps\nexpected', align: 'right', cell: (row) => countText(row.stepsExpected) },
  {
    title: 'core time',
    align: 'right',
    cell: ({ coreSeconds }) => (coreSeconds ? timeRangeText(coreSeconds) : 'open'),
  },
  { title: 'disk (MB)', align: 'right', cell: ({ diskMb }) => (diskMb === null ? 'open' : String(Math.ceil(diskMb))) },
];

const columns: readonly Column<Effort>[] = [{ title: 'part', align: 'left', cell: (row) => row.name }, ...effortColumns];

/** Text of a count; null if only time or a target value ends the part. */
function countText(count: number | null): string {
  return count === null ? 'open' : String(count);
}
