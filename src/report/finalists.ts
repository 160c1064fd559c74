import { evaluatedLimitsText } from '../api/limit-text.ts';
import { metricLabel } from '../api/metric-label.ts';
import type { ReportFinalistRepresentation, ReportRepresentation } from '../api/report.ts';
import { counted } from '../shared/counted.ts';
import { countsTable } from './counts-table.ts';
import { evaluationCurvePlot } from './evaluation-curve.ts';
import { absent, configurationText, decimal, span, whole } from './formats.ts';
import { escaped, figure, nothing } from './html.ts';
import { sentence } from './labels.ts';

/** Formats the results of finalists and winner on held-out data: every value, tables and curves. */
export function finalistSections(report: ReportRepresentation): string {
  if (report.finalists.length === 0) return nothing(report, withoutFinalists(report));
  return report.finalists.map((finalist, index) => section(report, finalist, index)).join('');
}

function withoutFinalists({ endedAt, outcome }: ReportRepresentation): string {
  if (endedAt === null) return 'finalists and winner are known once the searches and the final have ended';
  return outcome?.reason === 'no-finalists' ? outcome.detail : 'the campaign ended before finalists and winner were known';
}

/** Name of a trial that found a configuration, such as `bayesian #12`. */
export function finderName({ part, trial }: ReportFinalistRepresentation['foundBy'][number]): string {
  return `${part} #${trial}`;
}

function section(report: ReportRepresentation, finalist: ReportFinalistRepresentation, index: number): string {
  const [name = 'finalist', ...others] = finalist.foundBy.map(finderName);
  const badge = finalist.winner ? ' <span class="badge">winner</span>' : '';
  const limits = evaluatedLimitsText(finalist, finalist.repeats);
  const facts = [
    configurationText(finalist.parameters),
    `${metricLabel(report.definition)} ${decimal(finalist.value)}`,
    ...(limits === '' ? [] : [limits]),
    ...(others.length > 0 ? [`also found by ${others.join(', ')}`] : []),
  ];
  return `<section class="finalist"><h3>${escaped(name)}${badge}</h3><p>${escaped(facts.join(' · '))}</p>${measurements(report, { finalist, index, name })}</section>`;
}

type Description = NonNullable<ReportRepresentation['definition']['evaluation']>;
type Measured = NonNullable<ReportFinalistRepresentation['test']>;
type Curve = Measured['curves'][number];

interface Named {
  readonly finalist: ReportFinalistRepresentation;
  /** Index among the finalists. */
  readonly index: number;
  readonly name: string;
}

function measurements(report: ReportRepresentation, named: Named): string {
  const { finalist } = named;
  const { evaluation } = report.definition;
  const repeated = finalist.repeats.flatMap(({ test }) => (test ? [test] : []));
  const shape = finalist.test ?? repeated[0];
  if (!shape || !evaluation) return nothing(report, `it is not measured on ${evaluation?.data ?? 'held-out data'}`);
  const curves = shape.curves.map((curve) => curveFigure(evaluation, named, curve));
  const tables = shape.tables.flatMap(({ name, title }) => {
    const ofTable = (tables: Measured['tables']) => tables.filter((table) => table.name === name);
    const repeats = repeated.flatMap((measured) => ofTable(measured.tables));
    return [
      countsTable(ofTable(finalist.test?.tables ?? []), `First training: ${title}`),
      countsTable(repeats, repeats.length === 1 ? `The repeat: ${title}` : `Mean of ${repeats.length} repeats: ${title}`),
    ];
  });
  return `<div class="measured"><div>${valuesTable(evaluation, finalist, repeated.length)}</div><div>${curves.join('')}</div><div class="tables">${tables.join('')}</div></div>`;
}

function valuesTable({ data, values }: Description, { test, ranges }: ReportFinalistRepresentation, repeats: number): string {
  const rows = values.map(({ name, label, text, whole: isCount }) => {
    const number = isCount ? wholeOrAbsent : decimal;
    const range = ranges?.[name] ?? null;
    const cells = [number(test?.values[name] ?? null), number(range?.mean ?? null), range ? span(range, number) : absent];
    return `<tr><th scope="row" title="${escaped(text)}">${escaped(label)}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const head = `<tr><th scope="col">value</th><th scope="col">first training</th><th scope="col">mean</th><th scope="col">range</th></tr>`;
  const caption = `On ${data}; mean and range over ${counted(repeats, 'repeat')}`;
  return `<table class="metrics"><caption>${escaped(caption)}</caption><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`;
}

function curveFigure({ data, headline, values }: Description, { finalist, index, name }: Named, { name: curve, title }: Curve): string {
  const repeated = finalist.repeats.flatMap(({ test }) => (test ? [test] : []));
  const ofCurve = ({ curves }: Measured) => curves.filter((candidate) => candidate.name === curve);
  const [first = null] = finalist.test ? ofCurve(finalist.test) : [];
  const repeats = repeated.flatMap(ofCurve);
  const baseline = (first ?? repeats[0])?.baseline;
  const label = values.find((value) => value.name === headline)?.label ?? headline;
  const headlines = [...(finalist.test ? [finalist.test] : []), ...repeated].map((measured) => decimal(measured.values[headline] ?? null));
  const plot = evaluationCurvePlot(
    { first, repeats },
    {
      id: `${curve}-${index}`,
      title: `${title} of ${name} on ${data}`,
      description: `${label}: ${headlines.join(', ')}.${baseline ? ` ${sentence(baseline.label)}: ${decimal(baseline.value)}.` : ''}`,
    },
  );
  const keys = [
    ...(first ? ['<span class="key-1">thick: first training</span>'] : []),
    ...(repeats.length > 0 ? ['<span class="key-2">thin: the repeats</span>'] : []),
    ...(baseline ? [`dashed: ${escaped(baseline.label)}`] : []),
  ];
  return figure(plot, `${escaped(title)} on ${escaped(data)} (${keys.join(', ')}).`);
}

function wholeOrAbsent(value: number | null): string {
  return value === null ? absent : whole(value);
}
