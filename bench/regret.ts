/**
 * Compares how close searches come to the least value of problems of several classes.
 *
 *   npm run bench:regret
 *
 * Tables of log10 of the regret, averaged over problems and seeds: one less is ten times closer. Progress goes to standard error; the last
 * line of the output is JSON.
 */

import { chooseSampler } from '../src/samplers/auto/choose.ts';
import type { SamplerOptions } from '../src/samplers/table.ts';
import type { Configuration } from '../src/space/configuration.ts';
import { type RegretOptions, readOptions } from './regret/options.ts';
import type { Problem } from './regret/problems/problem.ts';
import { milestones, openResults, type Results, type Run } from './regret/results.ts';
import { Curve, regrets } from './regret/search.ts';
import { tablesOf } from './regret/tables.ts';
import { TpePeers } from './samplers/tpe-peers.ts';
import { samplerIdentity } from './support/sampler-identity.ts';

/** Lower regrets count as this one. */
const leastRegret = 1e-8;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  await using peers = options.peers && (await TpePeers.start(options.peers.python));
  const results = openResults(options.results);
  const runs: Run[] = [];
  for (const [index, problem] of options.problems.entries()) {
    for (const competitor of competitorsOf(options, peers)) runs.push(...(await runsOf(options, results, competitor, problem)));
    process.stderr.write(`${index + 1}/${options.problems.length} ${problem.name}\n`);
  }
  const { first, seeds, trials, parallelism } = options;
  process.stdout.write(`${parallelism} at a time, ${seeds} seeds, problems from draw ${first} on\n\n`);
  for (const milestone of milestonesOf(trials)) process.stdout.write(`${tablesOf(runs, milestone)}\n\n`);
  const versions = peers?.versions ?? null;
  process.stdout.write(
    `${JSON.stringify({ bench: 'regret', node: process.version, versions, first, seeds, trials, parallelism, runs })}\n`,
  );
}

function milestonesOf(trials: number): number[] {
  return [...milestones.filter((milestone) => milestone < trials), trials];
}

/** Something that searches: returns the regret after each trial. */
interface Competitor {
  readonly name: string;
  /** All that decides its suggestions. */
  readonly identity: (problem: Problem) => string;
  readonly search: (problem: Problem, seed: number) => Promise<readonly number[]>;
}

function competitorsOf({ samplers, peers: wanted, trials, parallelism }: RegretOptions, peers: TpePeers | null): Competitor[] {
  const own = samplers.map(({ name, options }) => {
    const chosenFor = ({ space }: Problem): SamplerOptions => {
      if (options.type !== 'auto') return options;
      return chooseSampler({ problem: { space, direction: 'minimize' }, budget: { trials }, parallelism }).options;
    };
    return {
      name,
      identity: (problem: Problem) => samplerIdentity(chosenFor(problem)),
      search: async (problem: Problem, seed: number) => regrets(chosenFor(problem), problem, { trials, parallelism, seed }),
    };
  });
  const others = (wanted?.names ?? []).map((name, index) => ({
    name,
    identity: () => `${name} ${JSON.stringify(peers?.versions)}`,
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

async function runsOf(options: RegretOptions, results: Results, competitor: Competitor, problem: Problem): Promise<Run[]> {
  const { trials, parallelism } = options;
  const runs: Run[] = [];
  for (let seed = 0; seed < options.seeds; seed += 1) {
    const key = { identity: competitor.identity(problem), problem: problem.name, seed, trials, parallelism };
    runs.push({ ...(results.find(key) ?? results.add(await newRun(key, competitor, problem))), competitor: competitor.name });
  }
  return runs;
}

async function newRun(
  key: Pick<Run, 'identity' | 'problem' | 'seed' | 'trials' | 'parallelism'>,
  { name, search }: Competitor,
  problem: Problem,
): Promise<Run> {
  const started = performance.now();
  const curve = await search(problem, key.seed);
  const ms = (performance.now() - started) / key.trials;
  const after = (trials: number) => Math.log10(Math.max(curve[trials - 1] ?? Number.POSITIVE_INFINITY, leastRegret));
  const at = Object.fromEntries(milestonesOf(key.trials).map((milestone) => [milestone, after(milestone)]));
  return { ...key, competitor: name, class: problem.class, at, ms };
}

await main();
