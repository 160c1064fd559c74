/**
 * Compares the quality of our TPE and the cost of a suggestion with Optuna's TPE and hyperopt's. All minimise the same
 * functions, one trial after another. The competitors are ranked by the least value of each run, and the ranks are averaged.
 * To set up the peers' Python:
 *
 *   python3 -m venv FOLDER && FOLDER/bin/pip install optuna hyperopt
 *   npm run bench:samplers -- --python FOLDER/bin/python
 *
 * Optuna 5 made the multivariate TPE its default; its former default is measured too, outside the ranking of four.
 * Progress goes to standard error; the last line of the output is JSON.
 */

import type { TestFunction } from '../src/objectives/test-function/test-function.ts';
import { type Cost, observationCounts, ownCosts, peerCosts } from './samplers/cost.ts';
import { type BenchOptions, readOptions } from './samplers/options.ts';
import { PeerResults } from './samplers/peer-results.ts';
import { type Ranking, type Results, rank } from './samplers/ranking.ts';
import { leastValue, search } from './samplers/search.ts';
import { costTable, otherRanks, rankTable, valueTable } from './samplers/tables.ts';

/** The peers that one of our samplers is ranked with. */
const ranked = ['optuna', 'optuna-multivariate', 'hyperopt'];

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  await using peers = options.peers && (await PeerResults.open(options.peers));
  const results = options.parts.ranks ? await tournament(options, peers) : null;
  const comparisons = results && peers ? compare(results, options) : [];
  const costs = options.parts.cost ? await measureCosts(options, peers) : [];
  process.stdout.write(`${report(results, comparisons, costs, options.trials)}\n`);
  process.stdout.write(`${JSON.stringify(summary(options, { peers, results, comparisons, costs }))}\n`);
}

/** Computes every competitor's least values on every function. */
async function tournament({ functions, samplers, seeds, trials }: BenchOptions, peers: PeerResults | null): Promise<Results> {
  const results = new Map<string, Map<string, readonly number[]>>();
  for (const [index, testFunction] of functions.entries()) {
    const started = performance.now();
    const own = samplers.map(({ name, options }) => [name, seeds.map((seed) => ownLeast(testFunction, options, seed, trials))] as const);
    results.set(testFunction.name, new Map([...own, ...((await peers?.of(testFunction, seeds, trials)) ?? [])]));
    progress(`${index + 1}/${functions.length} ${testFunction.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  return results;
}

function ownLeast(testFunction: TestFunction, options: BenchOptions['samplers'][number]['options'], seed: number, trials: number): number {
  return leastValue(search(options, testFunction, { seed, trials }));
}

/** Lists the rankings: the first of our samplers with the ranked peers, then each other one in its place, then Optuna's former default in place of its present one. */
function compare(results: Results, { samplers }: BenchOptions): readonly (readonly Ranking[])[] {
  const [first, ...others] = samplers.map(({ name }) => rank(results, [name, ...ranked]));
  const former = ranked.map((peer) => (peer === 'optuna' ? 'optuna-univariate' : peer));
  return [...(first ? [first] : []), ...others, rank(results, [samplers[0]?.name ?? '', ...former])];
}

async function measureCosts({ samplers, peers: source }: BenchOptions, peers: PeerResults | null): Promise<readonly Cost[]> {
  const told = (cost: Cost): Cost => {
    progress(`cost of ${cost.competitor} at ${observationCounts.join(', ')}: ${cost.ms.map((ms) => ms.toFixed(2)).join(', ')} ms`);
    return cost;
  };
  const own = samplers.flatMap(({ name, options }) => ownCosts(name, options).map(told));
  return source?.python === undefined || !peers ? own : [...own, ...(await peerCosts(await peers.python(), told))];
}

function report(results: Results | null, comparisons: readonly (readonly Ranking[])[], costs: readonly Cost[], trials: number): string {
  const [first, ...others] = comparisons;
  return [
    ...(results ? [valueTable(results, trials, 'median'), valueTable(results, trials, 'mean')] : []),
    ...(results && first ? [rankTable(results, first), otherRanks(others)] : []),
    ...(costs.length > 0 ? [costTable(costs)] : []),
  ].join('\n\n');
}

interface Measured {
  readonly peers: PeerResults | null;
  readonly results: Results | null;
  readonly comparisons: readonly (readonly Ranking[])[];
  readonly costs: readonly Cost[];
}

function summary({ functions, seeds, trials }: BenchOptions, { peers, results, comparisons, costs }: Measured): object {
  const least = results && Object.fromEntries([...results].map(([name, found]) => [name, Object.fromEntries(found)]));
  return {
    bench: 'samplers',
    node: process.version,
    peers: peers?.versions ?? null,
    functions: functions.map(({ name }) => name),
    seeds,
    trials,
    least,
    ranks: comparisons,
    cost: costs.length > 0 ? { observations: observationCounts, rows: costs } : null,
  };
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

await main();
