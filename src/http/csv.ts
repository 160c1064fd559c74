/** What a field of a record may be; null is an empty field. */
export type CsvValue = string | number | boolean | Date | null;

/**
 * One record of CSV (RFC 4180) with its line end: a text that has a comma, a quote, a line break or a space at one of its
 * ends stands in quotes; numbers are as JSON prints them, moments as RFC 3339 has them.
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
