/**
 * Compares pruners on learning curves, by regret against the steps taken:
 *
 *   npm run bench:pruning
 *
 * Tables of log10 of the regret, averaged over problems and seeds, after a quarter, half and all of the steps: how far the trial that looked best is
 * from the best there is, as a share of a poor one; and of the differences between ours and Optuna's. Progress goes to standard error; the last line
 * of the output is JSON.
 */

import { duration } from '../src/report/formats.ts';
import { counterparts, methodsOf } from './pruning/methods.ts';
import { readOptions } from './pruning/options.ts';
import { PruningPeers } from './pruning/peers.ts';
import { curveProblems } from './pruning/problems.ts';
import { openResults } from './pruning/results.ts';
import { completeRuns, makeRuns, type Progress } from './pruning/sitting.ts';
import { differences, seedsText, table } from './pruning/tables.ts';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  const { python, seeds, budget, minutes } = options;
  await using peers = python === null ? null : await PruningPeers.start(python);
  const methods = methodsOf(options.methods, peers);
  const comparison = { methods, problems: curveProblems(), seeds, budget };
  const results = openResults(options.results);
  const end = performance.now() + 60_000 * minutes;
  await makeRuns(comparison, results, {
    isOver: () => performance.now() >= end,
    onProgress: (progress) => process.stderr.write(`${progressText(progress, seeds)}\n`),
  });
  const complete = completeRuns(comparison, results);
  process.stdout.write(`${seedsText(complete.seeds, seeds)}\n\n`);
  if (complete.seeds.length > 0) process.stdout.write(`log10 of the regret\n\n${table(options.methods, complete.runs, budget)}\n\n`);
  const compared = differences(counterparts, complete.runs);
  if (compared !== '') process.stdout.write(`differences after all steps\n\n${compared}\n\n`);
  const versions = peers?.versions ?? null;
  process.stdout.write(
    `${JSON.stringify({ bench: 'pruning', node: process.version, versions, seeds: complete.seeds.length, budget, runs: complete.runs.length })}\n`,
  );
}

function progressText({ seed, problem, secondsLeft }: Progress, seeds: number): string {
  return `seed ${seed + 1} of ${seeds}, ${problem}; about ${duration(secondsLeft)} left`;
}

await main();
