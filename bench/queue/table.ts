import type { BenchOptions } from './options.ts';
import type { RateOfVariant, RunnersRow } from './summary.ts';

/** Formats cycles per second by runners and variant, and the speed relative to everything on. */
export function rateTable(rows: readonly RunnersRow[], { cycles, rounds }: Pick<BenchOptions, 'cycles' | 'rounds'>): string {
  const head = ['runners', ...(rows[0]?.rates ?? []).flatMap(({ variant }, index) => (index === 0 ? [variant] : [variant, 'ratio']))];
  const body = rows.map(({ runners, rates }) => [
    String(runners),
    ...rates.flatMap((rate, index) => (index === 0 ? [spread(rate)] : [spread(rate), `x ${rate.ratio.toFixed(2)}`])),
  ]);
  const title = `Cycles per second (claim, begin, 3 step reports, settle, advance): median (least - most) of ${rounds} rounds of ${cycles}`;
  return `${title}\n${columns([head, ...body])}`;
}

function spread({ median, least, most }: RateOfVariant): string {
  return `${median.toFixed(1)} (${least.toFixed(1)} - ${most.toFixed(1)})`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) => row.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('  ')).join('\n');
}
