import type {
  ReportCostRepresentation,
  ReportFinalistRepresentation,
  ReportMethodRepresentation,
  ReportRepresentation,
} from '../api/report.ts';
import { durationText } from './durations.ts';
import { type Column, tableText } from './table.ts';

/** A method, or what several come to. */
interface Row {
  readonly name: string;
  readonly cost: ReportCostRepresentation;
  readonly method: ReportMethodRepresentation | null;
}

/**
 * The table that compares the methods (Table I of the paper, with our columns): what each found by validation, what that
 * is worth on the test split, and what it cost. Below it what all came to, and what the evaluation took.
 */
export function methodsText({ methods, totals, definition }: ReportRepresentation): string {
  const rows: Row[] = [
    ...methods.map((method) => ({ name: method.part, cost: method.cost, method })),
    ...(methods.length > 1 ? [{ name: 'search in all', cost: totals.search, method: null }] : []),
    ...(totals.evaluation.trialsCharged > 0 ? [{ name: 'evaluation', cost: totals.evaluation, method: null }] : []),
  ];
  const parameters = definition.searchSpace.map(({ name }) => name);
  return tableText([nameColumn, ...parameters.map(parameterColumn), ...resultColumns(definition.metric.name), ...costColumns], rows);
}

const nameColumn: Column<Row> = { title: 'method', align: 'left', cell: ({ name }) => name };

function parameterColumn(name: string): Column<Row> {
  return { title: name, align: 'right', cell: ({ method }) => String(method?.best?.parameters[name] ?? '') };
}

function resultColumns(metric: string): Column<Row>[] {
  const ofMethod = (text: (method: ReportMethodRepresentation) => string) => (row: Row) => (row.method ? text(row.method) : '');
  return [
    { title: `validation\n${metric}`, align: 'right', cell: ofMethod(({ best }) => decimals(best?.value)) },
    { title: 'test\naucPr', align: 'right', cell: ofMethod(({ testAucPr }) => decimals(testAucPr)) },
    { title: 'trained again: test aucPr\nmean [range]', align: 'right', cell: ofMethod(({ repeatsAucPr }) => rangeText(repeatsAucPr)) },
  ];
}

const costColumns: readonly Column<Row>[] = [
  { title: 'trials\ncharged', align: 'right', cell: ({ cost }) => String(cost.trialsCharged) },
  { title: 'trials\ntrained', align: 'right', cell: ({ cost }) => String(cost.trainings) },
  { title: 'steps\ncharged', align: 'right', cell: ({ cost }) => String(cost.stepsCharged) },
  { title: 'steps\ntrained', align: 'right', cell: ({ cost }) => String(cost.stepsTrained) },
  { title: 'time', align: 'right', cell: ({ cost }) => (cost.wallClockSeconds === null ? '–' : durationText(cost.wallClockSeconds)) },
];

/** The winner in a few lines: its configuration, and what it is worth. Empty while there is none. */
export function winnerText({ finalists, definition }: ReportRepresentation): string {
  const winner = finalists.find((finalist) => finalist.winner);
  if (!winner) return '';
  const parameters = Object.entries(winner.parameters).map(([name, value]) => `${name} ${value}`);
  const found = winner.foundBy[0];
  return [
    `Winner: ${parameters.join(', ')}${found ? ` (trial ${found.trial} of ${found.part})` : ''}`,
    `  validation     ${definition.metric.name} ${decimals(winner.value)}, which alone decides`,
    ...testLines(winner, definition.repeatTrainSize),
  ].join('\n');
}

function testLines({ test, ranges, repeats }: ReportFinalistRepresentation, repeatTrainSize: number | null): string[] {
  const measured = repeats.filter((repeat) => repeat.measured !== null).length;
  const times = `${measured} ${measured === 1 ? 'time' : 'times'} on ${repeatTrainSize ?? 'all'} texts`;
  return [
    ...(test ? [`  test           aucPr ${decimals(test.metrics.aucPr)}, accuracy ${decimals(test.metrics.accuracy)}`] : []),
    ...(ranges ? [`  trained again  ${times}: test aucPr ${rangeText(ranges.aucPr)}, accuracy ${rangeText(ranges.accuracy)}`] : []),
  ];
}

function decimals(value: number | null | undefined): string {
  return value == null ? '–' : value.toFixed(4);
}

function rangeText(range: { readonly mean: number; readonly min: number; readonly max: number } | null): string {
  return range === null ? '–' : `${range.mean.toFixed(4)} [${range.min.toFixed(4)}, ${range.max.toFixed(4)}]`;
}
