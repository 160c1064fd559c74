import type { ReportRepresentation } from '../api/report.ts';

type Definition = ReportRepresentation['definition'];

/** Label of the headline value on held-out data, such as `AUC-PR on the test split`. */
export function headlineLabel({ evaluation }: Definition): string {
  if (!evaluation) return 'held-out measurement';
  const { data, headline, values } = evaluation;
  return `${values.find(({ name }) => name === headline)?.label ?? headline} on ${data}`;
}

/** Capitalises the first letter of a text. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
