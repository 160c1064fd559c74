import type { EvaluationRepresentation } from '../api/evaluation.ts';
import { percent, whole } from './formats.ts';
import { escaped } from './html.ts';

type Table = EvaluationRepresentation['tables'][number];

/** Formats a table of counts with their percentages. For several measurements, it shows the mean. @param caption text */
export function countsTable(tables: readonly Table[], caption: string): string {
  const [first] = tables;
  if (!first) return '';
  const meanOf = (row: number, column: number): number =>
    tables.reduce((sum, { cells }) => sum + (cells[row]?.[column] ?? 0), 0) / tables.length;
  const means = first.rows.map((_, row) => first.columns.map((_, column) => meanOf(row, column)));
  const total = means.flat().reduce((sum, count) => sum + count, 0);
  const cell = (count: number): string => {
    const share = total === 0 ? 0 : count / total;
    return `<td style="--share:${share.toFixed(3)}">${whole(count)}<small>${percent(share)}</small></td>`;
  };
  const head = [first.corner, ...first.columns].map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = first.rows.map((name, row) => `<tr><th scope="row">${escaped(name)}</th>${(means[row] ?? []).map(cell).join('')}</tr>`);
  return `<table class="counts"><caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}
