/**
 * Compares how close searches come to the least value of problems of several classes.
 *
 *   npm run bench:regret
 *
 * Tables of log10 of the regret, averaged over problems and seeds: one less is ten times closer. Progress goes to standard error; the last
 * line of the output is JSON.
 */
import { type RegretOptions, readOptions } from './regret/options.ts';
import { type ProblemClass, problemClasses } from './regret/problems/problem.ts';
import { regrets } from './regret/search.ts';

/** Regrets below this count as this: nobody cares for more digits. */
const leastRegret = 1e-8;

/** One search. */
interface Run {
  readonly sampler: string;
  readonly problem: string;
  readonly class: ProblemClass;
  readonly seed: number;
  /** log10 of the regret at a quarter, a half and the end of the search. */
  readonly at: readonly [number, number, number];
  readonly ms: number;
}

function main(): void {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  const runs = options.problems.flatMap((problem, index) => {
    const found = options.samplers.flatMap((sampler) => runsOf(options, sampler, problem));
    process.stderr.write(`${index + 1}/${options.problems.length} ${problem.name}\n`);
    return found;
  });
  process.stdout.write(`${table(options, runs)}\n`);
  const { first, seeds, trials, parallelism } = options;
  process.stdout.write(`${JSON.stringify({ bench: 'regret', node: process.version, first, seeds, trials, parallelism, runs })}\n`);
}

function runsOf(
  { seeds, trials, parallelism }: RegretOptions,
  { name, options }: RegretOptions['samplers'][number],
  problem: RegretOptions['problems'][number],
): Run[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const started = performance.now();
    const curve = regrets(options, problem, { trials, parallelism, seed });
    const at = (share: number) => Math.log10(Math.max(curve[Math.ceil(share * trials) - 1] ?? Number.POSITIVE_INFINITY, leastRegret));
    const log = [at(0.25), at(0.5), at(1)] as const;
    return { sampler: name, problem: problem.name, class: problem.class, seed, at: log, ms: performance.now() - started };
  });
}

/** A line for each sampler: means by class, over all, early, the paired difference to the first one with the half width of its 95 % interval, and cost. */
function table({ samplers, trials, parallelism }: RegretOptions, runs: readonly Run[]): string {
  const classes = problemClasses.filter((name) => runs.some((run) => run.class === name));
  const head = ['sampler', ...classes, 'all', 'at half', 'minus the first', 'ms a trial'];
  const first = runs.filter(({ sampler }) => sampler === samplers[0]?.name);
  const rows = samplers.map(({ name }) => {
    const own = runs.filter(({ sampler }) => sampler === name);
    const differences = own.map(({ at }, index) => at[2] - (first[index]?.at[2] ?? Number.NaN));
    return [
      name,
      ...classes.map((each) => mean(own.filter((run) => run.class === each).map(({ at }) => at[2])).toFixed(2)),
      mean(own.map(({ at }) => at[2])).toFixed(2),
      mean(own.map(({ at }) => at[1])).toFixed(2),
      `${mean(differences).toFixed(2)} ± ${(1.96 * standardError(differences)).toFixed(2)}`,
      (mean(own.map(({ ms }) => ms)) / trials).toFixed(1),
    ];
  });
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `log10 of the regret after ${trials} trials, ${parallelism} at a time\n\n${lines.join('\n')}\n`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardError(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)) / Math.max(1, values.length - 1));
}

main();
