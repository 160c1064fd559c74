import { mean } from '../support/means.ts';
import { problemClasses } from './problems/problem.ts';
import type { Run } from './results.ts';

/** Half the width of a 95 % interval in standard errors. */
const wide = 1.96;

/**
 * Means of log10 of the regret by class, and over all problems; the paired difference of each competitor to the first one with half the
 * width of its 95 % interval: within a class, over the seeds of its problems; over all, over problems.
 */
export function tablesOf(runs: readonly Run[], milestone: number): string {
  const names = [...new Set(runs.map(({ competitor }) => competitor))];
  const classes = problemClasses.filter((name) => runs.some((run) => run.class === name));
  const head = ['', ...classes, 'all'];
  const of = (name: string) =>
    new Map(runs.filter(({ competitor }) => competitor === name).map((run) => [`${run.problem} ${run.seed}`, run]));
  const first = of(names[0] as string);
  const means = names.map((name) => {
    const own = [...of(name).values()];
    const cell = (of: readonly Run[]) => mean(byProblem(of.map((run) => ({ run, value: reached(run, milestone) }))).map(mean)).toFixed(2);
    return [name, ...classes.map((each) => cell(own.filter((run) => run.class === each))), cell(own)];
  });
  const differences = names.slice(1).map((name) => {
    const pairs = [...of(name)].flatMap(([key, run]) => {
      const other = first.get(key);
      return other ? [{ run, value: reached(run, milestone) - reached(other, milestone) }] : [];
    });
    const cells = classes.map((each) => overSeeds(byProblem(pairs.filter(({ run }) => run.class === each))));
    return [name, ...cells, overProblems(byProblem(pairs))];
  });
  const cost = names.map((name) => `${name} ${median([...of(name).values()].map(({ ms }) => ms)).toFixed(1)}`);
  return [
    `log10 of the regret after ${milestone} trials`,
    rows([head, ...means]),
    `difference to ${names[0]}, paired`,
    rows([head, ...differences]),
    `milliseconds a trial, median: ${cost.join(', ')}`,
  ].join('\n\n');
}

function reached(run: Run, milestone: number): number {
  const value = run.at[String(milestone)];
  if (value === undefined) throw new Error(`a run of ${run.competitor} was not judged after ${milestone} trials`);
  return value;
}

/** The values of each problem's runs. */
function byProblem(runs: readonly { readonly run: Run; readonly value: number }[]): number[][] {
  const names = [...new Set(runs.map(({ run }) => run.problem))];
  return names.map((name) => runs.filter(({ run }) => run.problem === name).map(({ value }) => value));
}

/** The problems are as they are, and only the seeds vary. */
function overSeeds(problems: readonly (readonly number[])[]): string {
  const variance = problems.reduce((sum, values) => sum + standardError(values) ** 2, 0) / problems.length ** 2;
  return interval(mean(problems.map(mean)), Math.sqrt(variance));
}

/** The problems are drawn, and each counts once. */
function overProblems(problems: readonly (readonly number[])[]): string {
  return interval(mean(problems.map(mean)), standardError(problems.map(mean)));
}

function interval(middle: number, error: number): string {
  return Number.isFinite(error) ? `${middle.toFixed(2)} ± ${(wide * error).toFixed(2)}` : middle.toFixed(2);
}

function rows(cells: readonly (readonly string[])[]): string {
  const [head, ...others] = cells;
  const divider = (head ?? []).map(() => '---');
  return [head ?? [], divider, ...others].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** NaN of a single value, whose spread is not known. */
function standardError(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1) / values.length);
}
