import type { ReportRepresentation } from '../api/report.ts';

type Definition = ReportRepresentation['definition'];

/** The metric as headings name it, such as `best value`. */
export function metricLabel({ metric, values }: Definition): string {
  return values.find(({ name }) => name === metric.name)?.label ?? metric.name;
}

/** The headline of the held-out measurement as headings name it, such as `AUC-PR on the test split`. */
export function headlineLabel({ evaluation }: Definition): string {
  if (!evaluation) return 'held-out measurement';
  const { data, headline, values } = evaluation;
  return `${values.find(({ name }) => name === headline)?.label ?? headline} on ${data}`;
}

/** The text with its first letter raised. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
