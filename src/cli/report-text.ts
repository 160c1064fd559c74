import { evaluatedLimitsText, limitsText } from '../api/limit-text.ts';
import { metricLabel } from '../api/metric-label.ts';
import type { ReportFinalistRepresentation, ReportMethodRepresentation, ReportRepresentation } from '../api/report.ts';
import type { ReportCostRepresentation } from '../api/report-cost.ts';
import { counted } from '../shared/counted.ts';
import { durationText } from './durations.ts';
import { earlierValuesText } from './earlier-values-text.ts';
import { type Column, tableText } from './table.ts';
import { decimals, meanRangeText } from './value-text.ts';

type Definition = ReportRepresentation['definition'];

/** A row of the table: one method, or all searches together. */
interface Row {
  readonly name: string;
  readonly cost: ReportCostRepresentation;
  readonly method: ReportMethodRepresentation | null;
}

/**
 * Formats the table that compares the methods: the best configuration of each, its value, its result on held-out data, and the
 * costs. The last rows have the costs of all searches together and of the evaluation.
 */
export function methodsText({ methods, totals, definition, front }: ReportRepresentation, width?: number): string {
  const rows: Row[] = [
    ...methods.map((method) => ({ name: method.part, cost: method.cost, method })),
    ...(methods.length > 1 ? [{ name: 'all searches', cost: totals.search, method: null }] : []),
    ...(totals.evaluation.trialsCharged > 0 ? [{ name: 'evaluation', cost: totals.evaluation, method: null }] : []),
  ];
  // No single trial is the best of a study with several metrics.
  const best = front ? [] : [...definition.searchSpace.map(({ name }) => parameterColumn(name)), ...resultColumns(definition)];
  return tableText([nameColumn, ...best, ...costColumns(rows)], rows, width);
}

const nameColumn: Column<Row> = { title: 'method', align: 'left', cell: ({ name }) => name };

function parameterColumn(name: string): Column<Row> {
  return { title: name, align: 'right', cell: ({ method }) => String(method?.best?.parameters[name] ?? '') };
}

/** Only campaigns measure anything on held-out data. */
function resultColumns(definition: Definition): Column<Row>[] {
  const evaluation = definition.repeats === null ? null : definition.evaluation;
  const ofMethod = (text: (method: ReportMethodRepresentation) => string) => (row: Row) => (row.method ? text(row.method) : '');
  return [
    { title: metricLabel(definition).replace(' ', '\n'), align: 'right', cell: ofMethod(({ best }) => decimals(best?.value)) },
    ...(evaluation
      ? [
          {
            title: `held-out\n${evaluation.headline}`,
            align: 'right' as const,
            cell: ofMethod(({ testHeadline }) => decimals(testHeadline)),
          },
          {
            title: `trained again: ${evaluation.headline}\nmean [range]`,
            align: 'right' as const,
            cell: ofMethod(({ repeatsHeadline }) => meanRangeText(repeatsHeadline)),
            extra: true,
          },
        ]
      : []),
  ];
}

/** Without a pruner nothing was stopped, and nothing is said of it. */
function costColumns(rows: readonly Row[]): readonly Column<Row>[] {
  const hasStopped = rows.some(({ cost }) => cost.trialsPruned > 0);
  return allCostColumns.filter((column) => hasStopped || !stoppedColumns.includes(column));
}

const stoppedColumns: readonly Column<Row>[] = [
  { title: 'trials\nstopped', align: 'right', cell: ({ cost }) => String(cost.trialsPruned), extra: true },
  { title: 'steps\nsaved', align: 'right', cell: ({ cost }) => String(cost.stepsSaved), extra: true },
];

const allCostColumns: readonly Column<Row>[] = [
  { title: 'trials\ncharged', align: 'right', cell: ({ cost }) => String(cost.trialsCharged), extra: true },
  { title: 'trials\ntrained', align: 'right', cell: ({ cost }) => String(cost.trainings), extra: true },
  { title: 'steps\ndone', align: 'right', cell: ({ cost }) => String(cost.stepsDone), extra: true },
  { title: 'steps\ntrained', align: 'right', cell: ({ cost }) => String(cost.stepsTrained), extra: true },
  { title: 'steps\nreused', align: 'right', cell: ({ cost }) => String(cost.stepsReused), extra: true },
  ...stoppedColumns,
  {
    title: 'time',
    align: 'right',
    cell: ({ cost }) => (cost.wallClockSeconds === null ? '–' : durationText(cost.wallClockSeconds)),
    extra: true,
  },
];

/** Formats the best different configurations of a study as a table. Empty if no trial has a value. */
export function leadersText({ id, leaders, definition }: ReportRepresentation, width?: number): string {
  if (leaders.length === 0) return '';
  const columns: Column<ReportRepresentation['leaders'][number]>[] = [
    { title: 'trial', align: 'right', cell: ({ trial }) => String(trial) },
    { title: metricLabel(definition), align: 'right', cell: ({ value }) => decimals(value) },
    ...definition.searchSpace.map(
      ({ name }): Column<ReportRepresentation['leaders'][number]> => ({
        title: name,
        align: 'right',
        cell: ({ parameters }) => String(parameters[name] ?? ''),
      }),
    ),
  ];
  const table = `The best different configurations\n\n${tableText(columns, leaders, width)}`;
  const note = earlierValuesText(
    id,
    leaders.map(({ trial, earlierValues }) => ({ number: trial, earlierValues })),
  );
  return note === '' ? table : `${table}\n\n${note}`;
}

/** Formats the winner in a few lines: its configuration and its results. Without one, the reason for the end; empty before that. */
export function winnerText({ finalists, definition, outcome }: ReportRepresentation): string {
  const winner = finalists.find((finalist) => finalist.winner);
  if (!winner) return outcome ? `No winner: ${outcome.detail}` : '';
  const parameters = Object.entries(winner.parameters).map(([name, value]) => `${name} ${value}`);
  const found = winner.foundBy[0];
  const lines: (readonly [string, string])[] = [
    ['ranked by', `${metricLabel(definition)} ${decimals(winner.value)}, which alone decides`],
    ...limitLines(winner, definition),
    ...testLines(winner, definition),
  ];
  const width = Math.max(...lines.map(([title]) => title.length));
  return [
    `Winner: ${parameters.join(', ')}${found ? ` (trial ${found.trial} of ${found.part})` : ''}`,
    ...lines.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`),
  ].join('\n');
}

function limitLines(winner: ReportFinalistRepresentation, { constraints }: Definition): (readonly [string, string])[] {
  if (!constraints) return [];
  const evaluated = evaluatedLimitsText(winner, winner.repeats);
  return [['limits', `keeps ${limitsText(constraints)}${evaluated === '' ? '' : `; ${evaluated}`}`]];
}

function testLines({ test, ranges, repeats }: ReportFinalistRepresentation, definition: Definition): (readonly [string, string])[] {
  const { evaluation, repeatObjective, metric } = definition;
  if (!evaluation) return [];
  // The headline value, and the metric if the evaluation has it too.
  const names = [evaluation.headline, metric.name].filter(
    (name, index, all) => all.indexOf(name) === index && evaluation.values.some((value) => value.name === name),
  );
  const measured = repeats.filter((repeat) => repeat.test !== null).length;
  const times = `${counted(measured, 'time')}, ${repeatObjective?.text ?? definition.objective.text}`;
  return [
    ...(test ? [[`on ${evaluation.data}`, names.map((name) => `${name} ${decimals(test.values[name])}`).join(', ')] as const] : []),
    ...(ranges
      ? [['trained again', `${times}: ${names.map((name) => `${name} ${meanRangeText(ranges[name])}`).join(', ')}`] as const]
      : []),
  ];
}
