import type { CampaignRepresentation } from '../api/campaign.ts';
import { wholeValuesOf } from '../api/evaluation.ts';
import { boundsText, evaluatedLimitsText } from '../api/limit-text.ts';
import type { WinnerRepresentation } from '../api/winner.ts';
import { type Column, tableText, wrapped } from './table.ts';
import { decimals, meanRangeText } from './value-text.ts';

type Range = NonNullable<WinnerRepresentation['repeats']['ranges']>[string];

interface Row {
  readonly name: string;
  /** A count. */
  readonly whole: boolean;
  /** Empty without one. */
  readonly limit: string;
  readonly validation: number | null | undefined;
  readonly test: number | null | undefined;
  readonly repeats: Range | undefined;
}

/** Widest remark, also where the output has no width. */
const remarkWidth = 80;

/** Formats the winner of a campaign: its parameters as one line of JSON to copy, and each of its values. */
export function campaignWinnerText(
  { name, spec }: Pick<CampaignRepresentation, 'name' | 'spec'>,
  winner: WinnerRepresentation,
  width = Number.POSITIVE_INFINITY,
): string {
  const metric = spec.metric.name;
  const parameters = spec.searchSpace.flatMap(({ name: parameter }) =>
    parameter in winner.parameters ? [[parameter, winner.parameters[parameter]] as const] : [],
  );
  const finders = winner.foundBy.map(({ part, trial }) => `trial ${trial} of ${part}`).join(', ');
  return [
    `Winner of ${name}, found by ${finders}`,
    '',
    JSON.stringify(Object.fromEntries(parameters)),
    '',
    tableText(columnsFor(winner, spec), rowsOf(spec, winner, wholeValuesOf(spec.objective)), width),
    '',
    ...wrapped(remark(metric, winner).split(' '), Math.min(width, remarkWidth), ''),
  ].join('\n');
}

function remark(metric: string, winner: WinnerRepresentation): string {
  const limits = evaluatedLimitsText(winner, winner.repeats.items);
  return `${rankingRemark(metric, winner)}${limits === '' ? '' : ` ${limits.charAt(0).toUpperCase()}${limits.slice(1)}.`}`;
}

function rankingRemark(metric: string, { test, repeats }: WinnerRepresentation): string {
  if (test === null && repeats.measured === 0)
    return `${metric} ranks the configurations. This one is not measured on held-out data: the objective has none, or the evaluation has not finished.`;
  return (
    `${metric} on validation data ranks the configurations; held-out data only describes them. ` +
    `Repeats with other seeds that are measured: ${repeats.measured} of ${repeats.planned}.`
  );
}

function columnsFor({ test, repeats }: WinnerRepresentation, { constraints }: CampaignRepresentation['spec']): Column<Row>[] {
  return [
    { title: 'value', align: 'left', cell: ({ name }) => name },
    ...(constraints ? [{ title: 'limit', align: 'left' as const, cell: ({ limit }: Row) => limit }] : []),
    { title: 'validation', align: 'right', cell: ({ validation, whole }) => numberText(validation, whole) },
    ...(test === null ? [] : [{ title: 'held-out', align: 'right' as const, cell: (row: Row) => numberText(row.test, row.whole) }]),
    ...(repeats.ranges === null ? [] : [{ title: 'repeats: mean [range]', align: 'right' as const, cell: (row: Row) => rangeText(row) }]),
  ];
}

/** Returns a row for each value, the metric first. */
function rowsOf(
  { metric: { name: metric }, constraints = [] }: CampaignRepresentation['spec'],
  { validation, test, repeats }: WinnerRepresentation,
  whole: ReadonlySet<string>,
): Row[] {
  const limits = new Map(constraints.map((constraint) => [constraint.metric, boundsText(constraint)]));
  const names = new Set([metric, ...Object.keys(validation), ...Object.keys(test?.values ?? {}), ...Object.keys(repeats.ranges ?? {})]);
  return [...names].map((name) => ({
    name,
    whole: whole.has(name),
    limit: limits.get(name) ?? '',
    validation: validation[name],
    test: test?.values[name],
    repeats: repeats.ranges?.[name],
  }));
}

/** Counts have no decimals, but the mean of counts may. A dash stands for a value that is not finite. */
function numberText(value: number | null | undefined, whole: boolean): string {
  if (value === undefined) return '';
  return whole && Number.isInteger(value) ? String(value) : decimals(value);
}

function rangeText({ repeats, whole }: Row): string {
  return repeats === undefined ? '' : meanRangeText(repeats, (value) => numberText(value, whole));
}
