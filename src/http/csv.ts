/** Value of a field; null is an empty field. */
export type CsvValue = string | number | boolean | Date | null;

/**
 * Formats one CSV record (RFC 4180) with its line end. Quotes a text that contains a comma, a quote or a line break, or that
 * begins or ends with a space. Writes numbers as in JSON and times as in RFC 3339.
 */
export function csvRecord(values: readonly CsvValue[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

function field(value: CsvValue): string {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'string') return String(value);
  return /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
