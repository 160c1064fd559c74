import type { ReportMethodRepresentation, ReportRepresentation } from '../api/report.ts';
import type { ReportCostRepresentation } from '../api/report-cost.ts';
import { counted, formFor } from '../shared/counted.ts';
import { absent, decimal, duration, parameterText, span, whole } from './formats.ts';
import { escaped, scrolled } from './html.ts';
import { headlineLabel, metricLabel, sentence } from './labels.ts';

/** Formats a row for each method, followed by its published result, if there is one, in the same columns. */
export function methodTable(report: ReportRepresentation): string {
  const parameters = report.definition.searchSpace.map(({ name }) => name);
  const tested = report.kind === 'campaign';
  const repeats = Math.max(0, ...report.methods.map(({ repeatsMeasured }) => repeatsMeasured));
  const rows = report.methods.flatMap((method) => [
    methodRow(method, parameters, tested),
    ...(tested && method.published ? [publishedRow(method.published, parameters)] : []),
  ]);
  const head = [
    `<tr><th scope="col" rowspan="2">method</th><th scope="colgroup" colspan="${parameters.length}">best configuration</th>`,
    `<th scope="col" rowspan="2">${escaped(metricLabel(report.definition))}</th>`,
    tested ? `<th scope="colgroup" colspan="2">${escaped(headlineLabel(report.definition))}</th>` : '',
    '<th scope="colgroup" colspan="2">trials</th><th scope="colgroup" colspan="3">steps</th><th scope="colgroup" colspan="2">time</th></tr>',
    `<tr>${parameters.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}`,
    tested
      ? `<th scope="col">first training</th><th scope="col">mean (range)${repeats > 0 ? ` of ${counted(repeats, 'repeat')}` : ''}</th>`
      : '',
    '<th scope="col">charged</th><th scope="col">trainings run</th><th scope="col">done</th><th scope="col">trained</th><th scope="col">reused</th>',
    '<th scope="col">wall-clock</th><th scope="col">core</th></tr>',
  ];
  const foot = tested
    ? `<tfoot>${totalRow(searchesTitle(report), report.totals.search, parameters.length)}${totalRow('evaluation', report.totals.evaluation, parameters.length)}</tfoot>`
    : '';
  return (
    scrolled('Methods', `<table class="methods"><thead>${head.join('')}</thead><tbody>${rows.join('')}</tbody>${foot}</table>`) +
    notes(report)
  );
}

function methodRow(method: ReportMethodRepresentation, parameters: readonly string[], tested: boolean): string {
  const { best } = method;
  const cells = [
    ...parameters.map((name) => escaped(parameterText(best?.parameters[name]))),
    decimal(best?.value ?? null),
    ...(tested ? [decimal(method.testHeadline), rangeCell(method.repeatsHeadline)] : []),
    ...costCells(method.cost),
  ];
  const state = method.state === 'completed' ? '' : ` <span class="state">${method.state}</span>`;
  return `<tr><th scope="row">${escaped(method.part)}${state}<small>${escaped(method.method)}</small></th>${cells.map(cell).join('')}</tr>`;
}

function publishedRow(published: NonNullable<ReportMethodRepresentation['published']>, parameters: readonly string[]): string {
  const { source, headline, seconds } = published;
  const cells = [
    ...parameters.map((name) => escaped(parameterText(published.parameters[name]))),
    '',
    headline === null ? '' : String(headline),
    ...Array.from({ length: 6 }, () => ''),
    seconds === null ? '' : duration(seconds),
    '',
  ];
  return `<tr class="published"><th scope="row">${escaped(source)}</th>${cells.map(cell).join('')}</tr>`;
}

function totalRow(name: string, cost: ReportCostRepresentation, parameters: number): string {
  if (cost.trialsCharged === 0 && cost.trainings === 0) return '';
  return `<tr><th scope="row">${name}</th><td colspan="${parameters + 3}"></td>${costCells(cost).map(cell).join('')}</tr>`;
}

/** Label of the total costs of the search. */
function searchesTitle({ methods }: ReportRepresentation): string {
  return methods.some(({ kind }) => kind === 'grid') ? 'searches and final' : 'all searches';
}

function costCells(cost: ReportCostRepresentation): string[] {
  return [
    whole(cost.trialsCharged),
    whole(cost.trainings),
    whole(cost.stepsDone),
    whole(cost.stepsTrained),
    whole(cost.stepsReused),
    duration(cost.wallClockSeconds),
    duration(cost.coreSeconds),
  ];
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
