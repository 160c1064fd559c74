/** A column of a printed table. */
export interface Column<Row> {
  /** May have several lines, which are aligned at the bottom. */
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

/** Formats rows for a terminal: the titles, a rule, and a line for each row, with two spaces between columns. */
export function tableText<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const titles = titleLines(columns.map((column) => column.title.split('\n')));
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map((_, index) => Math.max(...[...titles, ...cells].map((line) => line[index]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => pad(text, widths[index] ?? 0, columns[index]?.align))
      .join('  ')
      .trimEnd();
  return [...titles.map(line), widths.map((width) => '─'.repeat(width)).join('  '), ...cells.map(line)].join('\n');
}

/** Pads titles with empty lines at the top to the same height. @param titles the lines of each title */
function titleLines(titles: readonly (readonly string[])[]): string[][] {
  const height = Math.max(...titles.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) => titles.map((lines) => lines[index - height + lines.length] ?? ''));
}

function pad(text: string, width: number, align: 'left' | 'right' | undefined): string {
  return align === 'right' ? text.padStart(width) : text.padEnd(width);
}
