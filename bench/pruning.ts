/**
 * Compares pruners on learning curves, by regret against the steps taken:
 *
 *   npm run bench:pruning
 *
 * Tables of log10 of the regret, averaged over problems and seeds, after a quarter, half and all of the steps: how far the trial that looked best is
 * from the best there is, as a share of a poor one. Progress goes to standard error; the last line of the output is JSON.
 */

import { parseArgs } from 'node:util';
import { samplerOptionsSchema } from '../src/samplers/table.ts';
import { PruningPeers, peerNames } from './pruning/peers.ts';
import { type CurveProblem, curveProblems, paces, steps } from './pruning/problems.ts';
import { type OwnSearch, ownTrials, type RunTrial, regretsAt, rungTrials } from './pruning/search.ts';
import { mean, withInterval } from './support/means.ts';

const help = `usage: npm run bench:pruning [-- options]

  --python PATH  a Python with optuna, whose pruners are run beside ours. To set one up:
                   python3 -m venv FOLDER && FOLDER/bin/pip install optuna
  --seeds N      searches of each competitor on each problem (100)
  --trials N     steps of a search, in whole trials of ${steps} steps (40)
  --quick        5 seeds
`;

/** Smaller regrets count as this one. */
const leastRegret = 1e-6;
const stages = [0.25, 0.5, 1] as const;

const pruners: Readonly<Record<string, OwnSearch['pruner']>> = {
  none: null,
  median: { type: 'median', warmupSteps: 1, intervalSteps: 1, minTrials: 5 },
  percentile: { type: 'percentile', percentile: 25, warmupSteps: 1, intervalSteps: 1, minTrials: 5 },
  asha: { type: 'asha', minSteps: 1, reductionFactor: 3 },
};
const tpe: OwnSearch['sampler'] = { type: 'tpe', preset: 'default' };
const samplers: Readonly<Record<'random' | 'tpe', OwnSearch['sampler']>> = { random: { type: 'random' }, tpe };

interface Competitor {
  readonly name: string;
  readonly search: (problem: CurveProblem, run: { seed: number; budget: number }) => Promise<RunTrial[]>;
}

/** One search. */
interface Run {
  readonly competitor: string;
  readonly problem: string;
  readonly pace: CurveProblem['pace'];
  readonly seed: number;
  /** log10 of the regret at each stage. */
  readonly at: readonly number[];
  readonly trials: number;
  readonly completed: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      python: { type: 'string' },
      seeds: { type: 'string' },
      trials: { type: 'string', default: '40' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const seeds = wholeNumber('seeds', values.seeds ?? (values.quick ? '5' : '100'));
  const budget = steps * wholeNumber('trials', values.trials);
  await using peers = values.python === undefined ? null : await PruningPeers.start(values.python);
  const competitors = competitorsOf(peers);
  const runs: Run[] = [];
  for (const problem of curveProblems()) {
    for (const competitor of competitors)
      for (let seed = 0; seed < seeds; seed += 1)
        runs.push(runOf(competitor.name, problem, seed, await competitor.search(problem, { seed, budget }), budget));
    process.stderr.write(`${problem.name}\n`);
  }
  const names = competitors.map(({ name }) => name);
  process.stdout.write(`${table(names, runs, budget)}\n`);
  process.stdout.write(
    `${JSON.stringify({ bench: 'pruning', node: process.version, versions: peers?.versions ?? null, seeds, budget, runs: runs.length })}\n`,
  );
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${option} takes a whole number from 1 on, got ${text}`);
  return value;
}

function competitorsOf(peers: PruningPeers | null): Competitor[] {
  const both = ['random', 'tpe'] as const;
  const own = both.flatMap((sampler) =>
    Object.entries(pruners).map(([name, pruner]) => ({
      name: `${sampler}, ${name}`,
      search: async (problem: CurveProblem, run: { seed: number; budget: number }) =>
        ownTrials({ sampler: samplers[sampler], pruner }, problem, run),
    })),
  );
  const withRungs = both.flatMap((sampler) =>
    (['successive-halving', 'hyperband'] as const).map((type) => ({
      name: `${sampler}, ${type}`,
      search: async (problem: CurveProblem, run: { seed: number; budget: number }) =>
        rungTrials(samplerOptionsSchema.parse({ type, fidelity: 'steps', proposer: samplers[sampler] }), problem, run),
    })),
  );
  const others = peers
    ? both.flatMap((sampler) =>
        peerNames.map((pruner) => ({
          name: `Optuna ${sampler}, ${pruner}`,
          search: (problem: CurveProblem, run: { seed: number; budget: number }) => peers.trials({ sampler, pruner }, problem, run),
        })),
      )
    : [];
  return [...own, ...withRungs, ...others];
}

function runOf(competitor: string, problem: CurveProblem, seed: number, trials: readonly RunTrial[], budget: number): Run {
  const found = regretsAt(
    trials,
    stages.map((share) => share * budget),
  );
  return {
    competitor,
    problem: problem.name,
    pace: problem.pace,
    seed,
    at: found.map((regret) => Math.log10(Math.max(regret, leastRegret))),
    trials: trials.length,
    completed: trials.filter(({ isStopped }) => !isStopped).length,
  };
}

/** A line for each competitor: its mean at each stage, then after all steps by pace with the half width of the 95 % interval, and its trials. */
function table(names: readonly string[], runs: readonly Run[], budget: number): string {
  const last = stages.length - 1;
  const head = ['', ...stages.map((share) => `${Math.round(share * budget)} steps`), ...paces, 'trials', 'completed'];
  const rows = names.map((name) => {
    const own = runs.filter(({ competitor }) => competitor === name);
    return [
      name,
      ...stages.map((_, stage) => mean(own.map(({ at }) => at[stage] ?? Number.NaN)).toFixed(2)),
      ...paces.map((pace) => withInterval(own.filter((run) => run.pace === pace).map(({ at }) => at[last] ?? Number.NaN))),
      mean(own.map(({ trials }) => trials)).toFixed(0),
      mean(own.map(({ completed }) => completed)).toFixed(0),
    ];
  });
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `log10 of the regret\n\n${lines.join('\n')}\n`;
}

await main();
