import type { Cost } from './cost.ts';
import { observationCounts } from './cost.ts';
import { mean, median, type Ranking, type Results } from './ranking.ts';

/** Formats the median (or mean) of the least values that each competitor found on each function. */
export function valueTable(results: Results, trials: number, kind: 'median' | 'mean'): string {
  const competitors = [...(results.values().next().value?.keys() ?? [])];
  const average = kind === 'median' ? median : mean;
  const rows = [...results].map(([name, found]) => [
    name,
    ...competitors.map((competitor) => digits(average(found.get(competitor) ?? []))),
  ]);
  return `Least value after ${trials} trials, ${kind} over the seeds\n${columns([['', ...competitors], ...rows])}`;
}

/** Formats the mean rank on each function and overall, and how often each competitor beat each other. */
export function rankTable(results: Results, rankings: readonly Ranking[]): string {
  const rows = [...results.keys()].map((name, index) => [name, ...rankings.map(({ perFunction }) => fixed(perFunction[index]))]);
  const overall = rankings.map((ranking) => `${fixed(ranking.mean, 3)} ± ${fixed(ranking.standardError, 3)}`);
  const wins = rankings.map((ranking) => [
    `  found less than ${ranking.competitor}`,
    ...rankings.map((other) => (other === ranking ? '' : `${fixed(100 * (other.wins[ranking.competitor] ?? Number.NaN), 0)} %`)),
  ]);
  const head = ['', ...rankings.map(({ competitor }) => competitor)];
  return `Mean rank of ${rankings.length} (1 is best)\n${columns([head, ...rows, ['all, ± standard error', ...overall], ...wins])}`;
}

/** Formats only the overall mean ranks, one line for each comparison. */
export function otherRanks(comparisons: readonly (readonly Ranking[])[]): string {
  const lines = comparisons.map((rankings) =>
    rankings.map((ranking) => `${ranking.competitor} ${fixed(ranking.mean, 3)} ± ${fixed(ranking.standardError, 3)}`).join(', '),
  );
  return ['Mean ranks with another sampler in the place of one of these', ...lines.map((line) => `  ${line}`)].join('\n');
}

/** Formats the milliseconds of a suggestion and the ratio to the first competitor. */
export function costTable(costs: readonly Cost[]): string {
  const rows = costs.map(({ competitor, ms }) => [
    competitor,
    ...ms.map((value, index) => `${digits(value)} (x ${fixed(value / (costs[0]?.ms[index] ?? Number.NaN), 1)})`),
  ]);
  return `Milliseconds of a suggestion of 4 parameters, median\n${columns([['observations', ...observationCounts.map(String)], ...rows])}`;
}

/** Aligns the first column to the left and the others to the right. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  '))
    .join('\n');
}

function digits(value: number): string {
  return Number(value.toPrecision(4)).toString();
}

function fixed(value: number | undefined, places = 2): string {
  return (value ?? Number.NaN).toFixed(places);
}
