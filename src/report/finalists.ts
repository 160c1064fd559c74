import type { ReportFinalistRepresentation, ReportRepresentation } from '../api/report.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { absent, configurationText, decimal, span, whole } from './formats.ts';
import { escaped, figure, nothing } from './html.ts';
import { precisionRecallPlot } from './precision-recall.ts';

const metricNames = [
  ['aucPr', 'AUC-PR (average precision)'],
  ['aucPrTrapezoid', 'AUC-PR (trapezoid)'],
  ['aucRoc', 'AUC-ROC'],
  ['accuracy', 'accuracy'],
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['f1', 'F1'],
  ['loss', 'loss'],
] as const;

/** Finalists and winner on the test split: every metric, confusion matrices, precision-recall curves. */
export function finalistSections(report: ReportRepresentation): string {
  if (report.finalists.length === 0)
    return nothing(
      report,
      report.endedAt === null
        ? 'finalists and winner are known once the searches and the final have ended'
        : 'the campaign ended before finalists and winner were known',
    );
  return report.finalists.map((finalist, index) => section(report, finalist, index)).join('');
}

/** A trial that found a configuration: bayesian #12. */
export function finderName({ part, trial }: ReportFinalistRepresentation['foundBy'][number]): string {
  return `${part} #${trial}`;
}

function section(report: ReportRepresentation, finalist: ReportFinalistRepresentation, index: number): string {
  const [name = 'finalist', ...others] = finalist.foundBy.map(finderName);
  const badge = finalist.winner ? ' <span class="badge">winner</span>' : '';
  const facts = [
    configurationText(finalist.parameters),
    `validation ${report.definition.metric.name} ${decimal(finalist.value)}`,
    ...(others.length > 0 ? [`also found by ${others.join(', ')}`] : []),
  ];
  return `<section class="finalist"><h3>${escaped(name)}${badge}</h3><p>${escaped(facts.join(' · '))}</p>${measurements(report, { finalist, index, name })}</section>`;
}

interface Named {
  readonly finalist: ReportFinalistRepresentation;
  /** Place among the finalists. */
  readonly index: number;
  readonly name: string;
}

function measurements(report: ReportRepresentation, { finalist, index, name }: Named): string {
  const repeated = finalist.repeats.flatMap(({ measured }) => (measured ? [measured.metrics] : []));
  if (!finalist.test && repeated.length === 0) return nothing(report, 'it is not measured on the test split');
  const matrices = [
    finalist.test ? confusionMatrix([finalist.test.metrics], 'First training: texts by class') : '',
    confusionMatrix(repeated, repeated.length === 1 ? 'The repeat: texts by class' : `Mean of ${repeated.length} repeats: texts by class`),
  ];
  const curves = figure(precisionRecallPlot(finalist, index, name), curveCaption(finalist, repeated.length));
  return `<div class="measured"><div>${metricsTable(finalist, repeated.length)}</div>${curves}<div class="matrices">${matrices.join('')}</div></div>`;
}

function metricsTable({ test, ranges }: ReportFinalistRepresentation, repeats: number): string {
  const rows = metricNames.map(([metric, name]) => {
    const range = ranges?.[metric] ?? null;
    const cells = [decimal(test?.metrics[metric] ?? null), decimal(range?.mean ?? null), range ? span(range) : absent];
    return `<tr><th scope="row">${name}</th>${cells.map((text) => `<td>${text}</td>`).join('')}</tr>`;
  });
  const head = `<tr><th scope="col">metric</th><th scope="col">first training</th><th scope="col">mean</th><th scope="col">range</th></tr>`;
  const caption = `On the test split${test ? `, ${whole(test.metrics.rows)} texts` : ''}; mean and range over ${repeats} ${repeats === 1 ? 'repeat' : 'repeats'}`;
  return `<table class="metrics"><caption>${caption}</caption><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`;
}

function curveCaption({ test }: ReportFinalistRepresentation, repeats: number): string {
  const lines = [
    ...(test ? ['<span class="key-1">thick: first training</span>'] : []),
    ...(repeats > 0 ? ['<span class="key-2">thin: the repeats</span>'] : []),
    'dashed: no skill',
  ];
  return `Precision-recall on the test split (${lines.join(', ')}).`;
}
