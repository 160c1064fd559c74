import { metricLabel } from '../api/metric-label.ts';
import type { ReportMethodRepresentation, ReportRepresentation } from '../api/report.ts';
import type { ReportCostRepresentation } from '../api/report-cost.ts';
import { counted, formFor } from '../shared/counted.ts';
import { absent, decimal, duration, parameterText, span, whole } from './formats.ts';
import { escaped, scrolled } from './html.ts';
import { headlineLabel, sentence } from './labels.ts';

/** Formats a row for each method, followed by its published result, if there is one, in the same columns. */
export function methodTable(report: ReportRepresentation): string {
  const parameters = report.definition.searchSpace.map(({ name }) => name);
  const tested = report.kind === 'campaign';
  const columns = costColumns(report);
  const repeats = Math.max(0, ...report.methods.map(({ repeatsMeasured }) => repeatsMeasured));
  const rows = report.methods.flatMap((method) => [
    methodRow(method, { parameters, tested, columns }),
    ...(tested && method.published ? [publishedRow(method.published, { parameters, columns })] : []),
  ]);
  const head = [
    `<tr><th scope="col" rowspan="2">method</th><th scope="colgroup" colspan="${parameters.length}">best configuration</th>`,
    `<th scope="col" rowspan="2">${escaped(metricLabel(report.definition))}</th>`,
    tested ? `<th scope="colgroup" colspan="2">${escaped(headlineLabel(report.definition))}</th>` : '',
    `${groupHead(columns)}</tr>`,
    `<tr>${parameters.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}`,
    tested
      ? `<th scope="col">first training</th><th scope="col">mean (range)${repeats > 0 ? ` of ${counted(repeats, 'repeat')}` : ''}</th>`
      : '',
    `${columns.map(({ title }) => `<th scope="col">${title}</th>`).join('')}</tr>`,
  ];
  const foot = tested
    ? `<tfoot>${totalRow(searchesTitle(report), report.totals.search, { parameters, columns })}${totalRow('evaluation', report.totals.evaluation, { parameters, columns })}</tfoot>`
    : '';
  return (
    scrolled('Methods', `<table class="methods"><thead>${head.join('')}</thead><tbody>${rows.join('')}</tbody>${foot}</table>`) +
    notes(report)
  );
}

/** A column of costs. */
interface CostColumn {
  readonly group: 'trials' | 'steps' | 'time';
  readonly title: string;
  readonly cell: (cost: ReportCostRepresentation) => string;
}

/** The column in which published results have their time. */
const wallClock = 'wall-clock';

const allCostColumns: readonly CostColumn[] = [
  { group: 'trials', title: 'charged', cell: (cost) => whole(cost.trialsCharged) },
  { group: 'trials', title: 'trainings run', cell: (cost) => whole(cost.trainings) },
  { group: 'trials', title: 'stopped', cell: (cost) => whole(cost.trialsPruned) },
  { group: 'steps', title: 'done', cell: (cost) => whole(cost.stepsDone) },
  { group: 'steps', title: 'trained', cell: (cost) => whole(cost.stepsTrained) },
  { group: 'steps', title: 'reused', cell: (cost) => whole(cost.stepsReused) },
  { group: 'steps', title: 'saved', cell: (cost) => whole(cost.stepsSaved) },
  { group: 'time', title: wallClock, cell: (cost) => duration(cost.wallClockSeconds) },
  { group: 'time', title: 'core', cell: (cost) => duration(cost.coreSeconds) },
];

/** Leaves out the columns about stopped trials if there are none. */
function costColumns({ totals }: ReportRepresentation): readonly CostColumn[] {
  const hasStopped = totals.search.trialsPruned > 0;
  return allCostColumns.filter(({ title }) => hasStopped || (title !== 'stopped' && title !== 'saved'));
}

function groupHead(columns: readonly CostColumn[]): string {
  return (['trials', 'steps', 'time'] as const)
    .map((name) => `<th scope="colgroup" colspan="${columns.filter(({ group }) => group === name).length}">${name}</th>`)
    .join('');
}

/** The columns of the table. */
interface Columns {
  readonly parameters: readonly string[];
  readonly columns: readonly CostColumn[];
}

function methodRow(method: ReportMethodRepresentation, { parameters, tested, columns }: Columns & { readonly tested: boolean }): string {
  const { best } = method;
  const cells = [
    ...parameters.map((name) => escaped(parameterText(best?.parameters[name]))),
    decimal(best?.value ?? null),
    ...(tested ? [decimal(method.testHeadline), rangeCell(method.repeatsHeadline)] : []),
    ...columns.map(({ cell: text }) => text(method.cost)),
  ];
  const state = method.state === 'completed' ? '' : ` <span class="state">${method.state}</span>`;
  return `<tr><th scope="row">${escaped(method.part)}${state}<small>${escaped(method.method)}</small></th>${cells.map(cell).join('')}</tr>`;
}

function publishedRow(published: NonNullable<ReportMethodRepresentation['published']>, { parameters, columns }: Columns): string {
  const { source, headline, seconds } = published;
  const cells = [
    ...parameters.map((name) => escaped(parameterText(published.parameters[name]))),
    '',
    headline === null ? '' : String(headline),
    '',
    ...columns.map(({ title }) => (title === wallClock && seconds !== null ? duration(seconds) : '')),
  ];
  return `<tr class="published"><th scope="row">${escaped(source)}</th>${cells.map(cell).join('')}</tr>`;
}

function totalRow(name: string, cost: ReportCostRepresentation, { parameters, columns }: Columns): string {
  if (cost.trialsCharged === 0 && cost.trainings === 0) return '';
  return `<tr><th scope="row">${name}</th><td colspan="${parameters.length + 3}"></td>${columns.map(({ cell: text }) => cell(text(cost))).join('')}</tr>`;
}

/** Label of the total costs of the search. */
function searchesTitle({ methods }: ReportRepresentation): string {
  return methods.some(({ kind }) => kind === 'grid') ? 'searches and final' : 'all searches';
}

/** Formats the mean with the range below it. */
function rangeCell(range: ReportMethodRepresentation['repeatsHeadline']): string {
  return range === null ? absent : `${decimal(range.mean)}<small>${span(range)}</small>`;
}

/** @param content HTML */
function cell(content: string): string {
  return `<td>${content}</td>`;
}

/** Formats the notes that explain the columns. */
function notes({ methods, totals, kind, definition }: ReportRepresentation): string {
  const { trained, reused, imported } = totals.search.sources;
  const tested = kind === 'campaign';
  const lines = [
    ...(tested
      ? [
          `${sentence(metricLabel(definition))} alone decides which configuration of a method is the best; ${definition.evaluation?.data ?? 'held-out data'} does not affect the ranking.`,
        ]
      : []),
    `Of the results, ${whole(trained)} ${formFor(trained, 'was', 'were')} trained for their trial, ${whole(reused.equal)} reused from an equal training, ${whole(reused.longer)} from a longer one${imported > 0 ? `; ${whole(imported)} ${formFor(imported, 'was', 'were')} imported` : ''}.`,
    'Wall-clock: time from the first start to the last end of a trial, pauses included. Core: sum of the times from the first claim to the end of each trial, which uses one core; for a requeued trial, this includes its wait.',
  ];
  if (methods.filter(({ kind }) => kind === 'search').length > 1)
    lines.push('Searches that run side by side share the cores, so core time compares them better than wall-clock time.');
  if (totals.search.interruptedTrials > 0)
    lines.push(
      totals.search.interruptedTrials === 1
        ? '1 trial was claimed more than once.'
        : `${whole(totals.search.interruptedTrials)} trials were claimed more than once.`,
    );
  if (tested) lines.push(...new Set(methods.flatMap(({ published }) => (published ? [published.note] : []))));
  if (tested && methods.every(({ testHeadline }) => testHeadline === null))
    lines.push(`The columns of ${headlineLabel(definition)} show ${absent} until finalists are measured.`);
  return `<ul class="notes">${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`;
}
