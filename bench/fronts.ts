/**
 * Compares the fronts that searches of several metrics find, by hypervolume:
 *
 *   npm run bench:fronts
 *
 * Tables of log10 of the missing share of the hypervolume: the hypervolume of all trials so far against the worst values of the problem, as a share of
 * that of its true front, is short of 1 by so much. One less is ten times closer. Progress goes to standard error; the last line of the output
 * is JSON.
 */

import { type FrontOptions, readOptions } from './fronts/options.ts';
import { FrontPeers } from './fronts/peers.ts';
import type { FrontProblem } from './fronts/problems.ts';
import { losses } from './fronts/search.ts';
import { mean, withInterval } from './support/means.ts';

/** Smaller missing shares count as this one. */
const leastMissing = 1e-6;
/** Shares of the trials at which a search is judged. */
const stages = [0.25, 0.5, 1] as const;

/** One search. */
interface Run {
  readonly sampler: string;
  readonly problem: string;
  readonly seed: number;
  /** log10 of the missing share at each stage. */
  readonly at: readonly number[];
  readonly ms: number;
}

interface Competitor {
  readonly name: string;
  readonly search: (problem: FrontProblem, seed: number) => Promise<(readonly number[])[]>;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  await using peers = options.peers && (await FrontPeers.start(options.peers.python));
  const competitors = competitorsOf(options, peers);
  const runs: Run[] = [];
  for (const problem of options.problems) {
    for (const competitor of competitors) runs.push(...(await runsOf(options, competitor, problem)));
    process.stderr.write(`${problem.name}\n`);
  }
  const names = competitors.map(({ name }) => name);
  process.stdout.write(`${table(options, names, runs)}\n`);
  const { seeds, trials } = options;
  const versions = peers?.versions ?? null;
  process.stdout.write(`${JSON.stringify({ bench: 'fronts', node: process.version, versions, seeds, trials, runs })}\n`);
}

function competitorsOf({ samplers, trials, peers: wanted }: FrontOptions, peers: FrontPeers | null): Competitor[] {
  const own = samplers.map(({ name, options }) => ({
    name,
    search: async (problem: FrontProblem, seed: number) => losses(options, problem, { trials, seed }),
  }));
  if (!peers || !wanted) return own;
  // Each peer has seeds of its own: with shared ones, two peers with the same start would find the same values.
  const others = wanted.names.map((name, index) => ({
    name,
    search: (problem: FrontProblem, seed: number) => peers.losses(name, problem, { trials, seed: 1000 * (index + 1) + seed }),
  }));
  return [...own, ...others];
}

async function runsOf({ seeds, trials }: FrontOptions, { name, search }: Competitor, problem: FrontProblem): Promise<Run[]> {
  const runs: Run[] = [];
  for (const seed of seeds) {
    const started = performance.now();
    const found = await search(problem, seed);
    const ms = performance.now() - started;
    const missing = (share: number) => Math.max(1 - problem.volumeShare(found.slice(0, Math.ceil(share * trials))), leastMissing);
    runs.push({ sampler: name, problem: problem.name, seed, at: stages.map((share) => Math.log10(missing(share))), ms });
  }
  return runs;
}

/** A line for each problem, with the mean of each sampler and the half width of its 95 % interval; then all problems, at each stage. */
function table({ trials, problems }: FrontOptions, names: readonly string[], runs: readonly Run[]): string {
  const last = stages.length - 1;
  const of = (sampler: string, problem: string, stage: number) =>
    runs.filter((run) => run.sampler === sampler && run.problem === problem).map(({ at }) => at[stage] ?? Number.NaN);
  const means = (sampler: string, stage: number) => problems.map(({ name }) => mean(of(sampler, name, stage)));
  const minusFirst = (sampler: string) =>
    problems.map(({ name }) => mean(of(sampler, name, last)) - mean(of(names[0] ?? sampler, name, last)));
  const head = ['problem', ...names];
  const rows = [
    ...problems.map(({ name }) => [name, ...names.map((sampler) => withInterval(of(sampler, name, last)))]),
    ...stages.map((share, stage) => [
      `all, ${Math.ceil(share * trials)} trials`,
      ...names.map((sampler) => mean(means(sampler, stage)).toFixed(2)),
    ]),
    ['minus the first', ...names.map((sampler) => withInterval(minusFirst(sampler)))],
    [
      'ms a trial',
      ...names.map((sampler) => (mean(runs.filter((run) => run.sampler === sampler).map(({ ms }) => ms)) / trials).toFixed(2)),
    ],
  ];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `log10 of the missing share of the hypervolume after ${trials} trials\n\n${lines.join('\n')}\n`;
}

await main();
