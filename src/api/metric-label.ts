import type { ReportRepresentation } from './report.ts';

/** Label of the metric of a report in headings, such as `validation accuracy`. */
export function metricLabel({ metric, values }: ReportRepresentation['definition']): string {
  return values.find(({ name }) => name === metric.name)?.label ?? metric.name;
}
