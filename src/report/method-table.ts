import type { ReportCostRepresentation, ReportMethodRepresentation, ReportRepresentation } from '../api/report.ts';
import { absent, decimal, duration, parameterText, span, whole } from './formats.ts';
import { escaped, scrolled } from './html.ts';

/** Table I of the paper with our columns; below each row what the paper reports for that method, in the same columns. */
export function methodTable(report: ReportRepresentation): string {
  const parameters = report.definition.searchSpace.map(({ name }) => name);
  const tested = report.kind === 'campaign';
  const repeats = Math.max(0, ...report.methods.map(({ repeatsMeasured }) => repeatsMeasured));
  const rows = report.methods.flatMap((method) => [
    methodRow(method, parameters, tested),
    ...(tested && method.paper ? [paperRow(method.paper, parameters)] : []),
  ]);
  const head = [
    `<tr><th scope="col" rowspan="2">method</th><th scope="colgroup" colspan="${parameters.length}">best configuration, by validation</th>`,
    `<th scope="col" rowspan="2">validation ${escaped(report.definition.metric.name)}</th>`,
    tested ? '<th scope="colgroup" colspan="2">AUC-PR on the test split</th>' : '',
    '<th scope="colgroup" colspan="2">trials</th><th scope="colgroup" colspan="3">steps</th><th scope="colgroup" colspan="2">time</th></tr>',
    `<tr>${parameters.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}`,
    tested
      ? `<th scope="col">first training</th><th scope="col">mean (range)${repeats > 0 ? ` of ${repeats} ${repeats === 1 ? 'repeat' : 'repeats'}` : ''}</th>`
      : '',
    '<th scope="col">charged</th><th scope="col">trainings run</th><th scope="col">charged</th><th scope="col">trained</th><th scope="col">reused</th>',
    '<th scope="col">wall-clock</th><th scope="col">core</th></tr>',
  ];
  const foot = tested
    ? `<tfoot>${totalRow(searchesTitle(report), report.totals.search, parameters.length)}${totalRow('evaluation', report.totals.evaluation, parameters.length)}</tfoot>`
    : '';
  return (
    scrolled('Table I', `<table class="methods"><thead>${head.join('')}</thead><tbody>${rows.join('')}</tbody>${foot}</table>`) +
    notes(report)
  );
}

function methodRow(method: ReportMethodRepresentation, parameters: readonly string[], tested: boolean): string {
  const { best } = method;
  const cells = [
    ...parameters.map((name) => escaped(parameterText(best?.parameters[name]))),
    decimal(best?.value ?? null),
    ...(tested ? [decimal(method.testAucPr), rangeCell(method.repeatsAucPr)] : []),
    ...costCells(method.cost),
  ];
  const state = method.state === 'completed' ? '' : ` <span class="state">${method.state}</span>`;
  return `<tr><th scope="row">${escaped(method.part)}${state}<small>${escaped(method.method)}</small></th>${cells.map(cell).join('')}</tr>`;
}

function paperRow(paper: NonNullable<ReportMethodRepresentation['paper']>, parameters: readonly string[]): string {
  const searched = new Map<string, number>(Object.entries(paper));
  const cells = [
    ...parameters.map((name) => parameterText(searched.get(name))),
    '',
    String(paper.aucPr),
    ...Array.from({ length: 6 }, () => ''),
    duration(paper.minutes * 60),
    '',
  ];
  return `<tr class="paper"><th scope="row">the paper</th>${cells.map(cell).join('')}</tr>`;
}

function totalRow(name: string, cost: ReportCostRepresentation, parameters: number): string {
  if (cost.trialsCharged === 0 && cost.trainings === 0) return '';
  return `<tr><th scope="row">${name}</th><td colspan="${parameters + 3}"></td>${costCells(cost).map(cell).join('')}</tr>`;
}

/** What the costs of the search are the sum of. */
function searchesTitle({ methods }: ReportRepresentation): string {
  return methods.some(({ kind }) => kind === 'grid') ? 'searches and final' : 'all searches';
}

function costCells(cost: ReportCostRepresentation): string[] {
  return [
    whole(cost.trialsCharged),
    whole(cost.trainings),
    whole(cost.stepsCharged),
    whole(cost.stepsTrained),
    whole(cost.stepsReused),
    duration(cost.wallClockSeconds),
    duration(cost.coreSeconds),
  ];
}

/** Mean, and below it the range. */
function rangeCell(range: ReportMethodRepresentation['repeatsAucPr']): string {
  return range === null ? absent : `${decimal(range.mean)}<small>${span(range)}</small>`;
}

/** @param content HTML */
function cell(content: string): string {
  return `<td>${content}</td>`;
}

/** How the columns are to be read. */
function notes({ methods, totals, kind }: ReportRepresentation): string {
  const { trained, reused, imported } = totals.search.sources;
  const tested = kind === 'campaign';
  const lines = [
    ...(tested ? ['Validation alone decides which configuration is the best of a method; the test split ranks nothing.'] : []),
    `Of the results, ${whole(trained)} were trained for their trial, ${whole(reused.equal)} read from an equal training, ${whole(reused.longer)} from a longer one${imported > 0 ? `; ${whole(imported)} were imported` : ''}.`,
    'Wall-clock: from the first start to the last end of a trial, pauses included. Core: the sum of the times from the first claim of each trial to its end, one core each; a trial that was put back counts its wait too.',
  ];
  if (methods.filter(({ kind }) => kind === 'search').length > 1)
    lines.push('Searches that run side by side share the cores, so that core time compares them better than wall-clock.');
  if (totals.search.interruptedTrials > 0)
    lines.push(
      totals.search.interruptedTrials === 1
        ? 'One trial was taken more than once.'
        : `${whole(totals.search.interruptedTrials)} trials were taken more than once.`,
    );
  if (tested && methods.some(({ paper }) => paper))
    lines.push('The paper has one run of each method, chosen by the test split; its times are from other hardware.');
  if (tested && methods.every(({ testAucPr }) => testAucPr === null))
    lines.push(`Test columns show ${absent} until finalists are measured.`);
  return `<ul class="notes">${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`;
}
