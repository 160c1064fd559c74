/**
 * Compares how close searches come to the least value of problems of several classes.
 *
 *   npm run bench:regret
 *
 * Tables of log10 of the regret, averaged over problems and seeds: one less is ten times closer. Progress goes to standard error; the last
 * line of the output is JSON.
 */

import type { Configuration } from '../src/space/configuration.ts';
import { type RegretOptions, readOptions } from './regret/options.ts';
import { type Problem, type ProblemClass, problemClasses } from './regret/problems/problem.ts';
import { Curve, regrets } from './regret/search.ts';
import { TpePeers } from './samplers/tpe-peers.ts';

/** Lower regrets count as this one. */
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

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  await using peers = options.peers && (await TpePeers.start(options.peers.python));
  const runs: Run[] = [];
  for (const [index, problem] of options.problems.entries()) {
    for (const competitor of competitorsOf(options, peers)) runs.push(...(await runsOf(options, competitor, problem)));
    process.stderr.write(`${index + 1}/${options.problems.length} ${problem.name}\n`);
  }
  process.stdout.write(`${table(options, runs)}\n`);
  const { first, seeds, trials, parallelism } = options;
  const versions = peers?.versions ?? null;
  process.stdout.write(
    `${JSON.stringify({ bench: 'regret', node: process.version, versions, first, seeds, trials, parallelism, runs })}\n`,
  );
}

/** Something that searches: returns the regret after each trial. */
interface Competitor {
  readonly name: string;
  readonly search: (problem: Problem, seed: number) => Promise<readonly number[]>;
}

function competitorsOf({ samplers, peers: wanted, trials, parallelism }: RegretOptions, peers: TpePeers | null): Competitor[] {
  const own = samplers.map(({ name, options }) => ({
    name,
    search: async (problem: Problem, seed: number) => regrets(options, problem, { trials, parallelism, seed }),
  }));
  const others = (wanted?.names ?? []).map((name, index) => ({
    name,
    search: async (problem: Problem, seed: number) => {
      const curve = new Curve(problem);
      // Each peer has a seed of its own: with a shared one, two peers with the same start would find the same values.
      const plan = { space: problem.space, told: (parameters: Configuration) => curve.tell(parameters, seed), trials };
      await peers?.search(name, { ...plan, seed: 1000 * (index + 1) + seed });
      return curve.regrets;
    },
  }));
  return [...own, ...others];
}

async function runsOf({ seeds, trials }: RegretOptions, { name, search }: Competitor, problem: Problem): Promise<Run[]> {
  const runs: Run[] = [];
  for (let seed = 0; seed < seeds; seed += 1) {
    const started = performance.now();
    const curve = await search(problem, seed);
    const at = (share: number) => Math.log10(Math.max(curve[Math.ceil(share * trials) - 1] ?? Number.POSITIVE_INFINITY, leastRegret));
    const log = [at(0.25), at(0.5), at(1)] as const;
    runs.push({ sampler: name, problem: problem.name, class: problem.class, seed, at: log, ms: performance.now() - started });
  }
  return runs;
}

/** A line for each sampler: means by class, over all, early, the paired difference to the first one with the half width of its 95 % interval, and cost. */
function table({ samplers, peers, trials, parallelism }: RegretOptions, runs: readonly Run[]): string {
  const classes = problemClasses.filter((name) => runs.some((run) => run.class === name));
  const head = ['sampler', ...classes, 'all', 'at half', 'minus the first', 'ms a trial'];
  const first = runs.filter(({ sampler }) => sampler === samplers[0]?.name);
  const names = [...samplers.map(({ name }) => name), ...(peers?.names ?? [])];
  const rows = names.map((name) => {
    const own = runs.filter(({ sampler }) => sampler === name);
    const differences = byProblem(
      own.map((run, index) => ({ problem: run.problem, difference: run.at[2] - (first[index]?.at[2] ?? Number.NaN) })),
    );
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

/** The mean difference on each problem: its seeds are not independent of each other. */
function byProblem(runs: readonly { readonly problem: string; readonly difference: number }[]): number[] {
  const names = [...new Set(runs.map(({ problem }) => problem))];
  return names.map((name) => mean(runs.filter(({ problem }) => problem === name).map(({ difference }) => difference)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardError(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)) / Math.max(1, values.length - 1));
}

await main();
