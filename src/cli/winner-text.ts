import type { CampaignRepresentation } from '../api/campaign.ts';
import type { WinnerRepresentation } from '../api/winner.ts';
import { counted, formFor } from '../shared/counted.ts';
import { type Column, tableText, wrapped } from './table.ts';

type Range = NonNullable<WinnerRepresentation['repeats']['ranges']>[string];

interface Row {
  readonly name: string;
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
    tableText(columnsFor(winner), rowsOf(metric, winner), width),
    '',
    ...wrapped(remark(metric, winner).split(' '), Math.min(width, remarkWidth), ''),
  ].join('\n');
}

function remark(metric: string, { test, repeats }: WinnerRepresentation): string {
  if (test === null && repeats.measured === 0)
    return `${metric} ranks the configurations. This one is not measured on held-out data: the objective has none, or the evaluation has not finished.`;
  return (
    `${metric} on validation data ranks the configurations; held-out data only describes them. ` +
    `${repeats.measured} of ${counted(repeats.planned, 'repeat')} with other seeds ${formFor(repeats.measured, 'is', 'are')} measured.`
  );
}

function columnsFor({ test, repeats }: WinnerRepresentation): Column<Row>[] {
  return [
    { title: 'value', align: 'left', cell: ({ name }) => name },
    { title: 'validation', align: 'right', cell: ({ validation }) => numberText(validation) },
    ...(test === null ? [] : [{ title: 'held-out', align: 'right' as const, cell: (row: Row) => numberText(row.test) }]),
    ...(repeats.ranges === null
      ? []
      : [{ title: 'repeats: mean [range]', align: 'right' as const, cell: (row: Row) => rangeText(row.repeats) }]),
  ];
}

/** Returns a row for each value, the metric first. */
function rowsOf(metric: string, { validation, test, repeats }: WinnerRepresentation): Row[] {
  const names = new Set([metric, ...Object.keys(validation), ...Object.keys(test?.values ?? {}), ...Object.keys(repeats.ranges ?? {})]);
  return [...names].map((name) => ({
    name,
    validation: validation[name],
    test: test?.values[name],
    repeats: repeats.ranges?.[name],
  }));
}

/** Counts have no decimals; a dash stands for a value that is not finite. */
function numberText(value: number | null | undefined): string {
  if (value === undefined) return '';
  if (value === null) return '–';
  return Number.isInteger(value) && value > 1 ? String(value) : value.toFixed(4);
}

function rangeText(range: Range | undefined): string {
  if (range === undefined) return '';
  return range === null ? '–' : `${numberText(range.mean)} [${numberText(range.min)}, ${numberText(range.max)}]`;
}
