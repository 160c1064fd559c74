/** A column of a printed table. */
export interface Column<Row> {
  /** May have several lines, which are aligned at the bottom. */
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
  /** True if the column may be left out where the terminal is too narrow; the last ones go first. */
  readonly extra?: boolean;
  /** Characters to which its cells may be cut where the terminal is still too narrow. */
  readonly shortest?: number;
}

/**
 * Formats rows for a terminal: the titles, a rule, and a line for each row, with two spaces between columns. Where that is wider
 * than the terminal, extra columns are left out and named below; then cells are cut; where neither helps, each row becomes lines
 * of its own.
 *
 * @param width columns of the terminal; undefined: no limit, as for a file or a pipe
 */
export function tableText<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width = Number.POSITIVE_INFINITY): string {
  const shown = fitting(columns, rows, width);
  if (shown === null) return recordsText(columns, rows, width);
  const titles = shown.map(({ title }) => title);
  const left = columns.filter(({ title }) => !titles.includes(title)).map(nameOf);
  const note = left.length === 0 ? [] : wrapped(`Left out, because the terminal is narrow: ${left.join(', ')}`.split(' '), width, '');
  return [...tableLines(shown, rows), ...(note.length === 0 ? [] : ['', ...note])].join('\n');
}

/** Returns the columns that fit, cut if needed; null if not even those that must be shown do. */
function fitting<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): readonly Column<Row>[] | null {
  const shown = [...columns];
  for (;;) {
    if (widthOf(shown, rows) <= width) return shown;
    const last = shown.findLastIndex(({ extra }) => extra === true);
    if (last === -1) return cutToFit(shown, rows, width);
    shown.splice(last, 1);
  }
}

function cutToFit<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): readonly Column<Row>[] | null {
  const widths = columnWidths(columns, rows);
  let over = widthOf(columns, rows) - width;
  const cut = columns.map((column, index) => {
    const own = widths[index] ?? 0;
    const to = Math.max(own - Math.max(over, 0), column.shortest ?? own);
    over -= own - to;
    return to === own ? column : { ...column, cell: (row: Row) => shortened(column.cell(row), to) };
  });
  return over > 0 ? null : cut;
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function widthOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number {
  return columnWidths(columns, rows).reduce((sum, width) => sum + width, 0) + 2 * Math.max(0, columns.length - 1);
}

function columnWidths<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number[] {
  return columns.map(({ title, cell }) => Math.max(0, ...[...title.split('\n'), ...rows.map(cell)].map((text) => text.length)));
}

function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const titles = titleLines(columns.map((column) => column.title.split('\n')));
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columnWidths(columns, rows);
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => pad(text, widths[index] ?? 0, columns[index]?.align))
      .join('  ')
      .trimEnd();
  return [...titles.map(line), widths.map((width) => '─'.repeat(width)).join('  '), ...cells.map(line)];
}

/** Formats each row as its first cell, then every other cell that is not empty with its title. */
function recordsText<Row>([first, ...others]: readonly Column<Row>[], rows: readonly Row[], width: number): string {
  if (first === undefined) return '';
  const name = nameOf(first);
  return rows
    .flatMap((row) => {
      const texts = others.flatMap((column) => (column.cell(row) === '' ? [] : [`${nameOf(column)} ${column.cell(row)}`]));
      const words = texts.flatMap((text, index) => `${text}${index < texts.length - 1 ? ',' : ''}`.split(' '));
      return [`${name} ${first.cell(row)}`, ...wrapped(words, width, '  ')];
    })
    .join('\n');
}

/** Breaks words into lines of at most a width. A longer word has a line of its own. */
export function wrapped(words: readonly string[], width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, indent + line];
}

function nameOf({ title }: Pick<Column<unknown>, 'title'>): string {
  return title.replaceAll('\n', ' ');
}

/** Pads titles with empty lines at the top to the same height. @param titles the lines of each title */
function titleLines(titles: readonly (readonly string[])[]): string[][] {
  const height = Math.max(...titles.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) => titles.map((lines) => lines[index - height + lines.length] ?? ''));
}

function pad(text: string, width: number, align: 'left' | 'right' | undefined): string {
  return align === 'right' ? text.padStart(width) : text.padEnd(width);
}
