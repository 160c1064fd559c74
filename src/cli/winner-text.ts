import type { WinnerRepresentation } from '../api/winner.ts';
import { counted } from '../shared/counted.ts';
import { type Column, tableText, wrapped } from './table.ts';

interface Row {
  readonly name: string;
  readonly validation: number | null | undefined;
  readonly test: number | null | undefined;
  readonly repeats: { readonly mean: number; readonly min: number; readonly max: number } | null | undefined;
}

/** Formats the winner of a campaign: its parameters as JSON to copy, and each of its values. @param metric the value that ranks */
export function campaignWinnerText(name: string, metric: string, winner: WinnerRepresentation, width = Number.POSITIVE_INFINITY): string {
  const { parameters, foundBy, test, repeats } = winner;
  const finders = foundBy.map(({ part, trial }) => `trial ${trial} of ${part}`).join(', ');
  const remark = [
    `${metric} of the validation alone decides.`,
    test === null ? 'It is not measured on held-out data.' : 'Held-out data only describes the winner: no search has seen it.',
    repeats.planned === 0
      ? ''
      : `${repeats.measured} of ${counted(repeats.planned, 'repeat')} with other seeds ${repeats.measured === 1 ? 'is' : 'are'} measured.`,
  ];
  return [
    `Winner of ${name}, found by ${finders}`,
    '',
    JSON.stringify(parameters),
    '',
    tableText(columns, rowsOf(metric, winner), width),
    '',
    ...wrapped(
      remark
        .filter((text) => text !== '')
        .join(' ')
        .split(' '),
      Math.min(width, 80),
      '',
    ),
  ].join('\n');
}

const columns: readonly Column<Row>[] = [
  { title: 'value', align: 'left', cell: ({ name }) => name },
  { title: 'validation', align: 'right', cell: ({ validation }) => numberText(validation) },
  { title: 'held-out', align: 'right', cell: ({ test }) => numberText(test) },
  { title: 'repeats: mean [range]', align: 'right', cell: ({ repeats }) => rangeText(repeats) },
];

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

function numberText(value: number | null | undefined): string {
  if (value === undefined) return '';
  if (value === null) return '–';
  return Number.isInteger(value) && value > 1 ? String(value) : value.toFixed(4);
}

function rangeText(range: Row['repeats']): string {
  if (range === undefined) return '';
  return range === null ? '–' : `${numberText(range.mean)} [${numberText(range.min)}, ${numberText(range.max)}]`;
}
