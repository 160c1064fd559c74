import { type Comparison, keyOf, type Method } from './methods.ts';
import type { CurveProblem } from './problems.ts';
import { type Results, type Run, stages } from './results.ts';
import { regretsAt } from './search.ts';
import { TimeLeft } from './time-left.ts';

/** Smaller regrets count as this one. */
const leastRegret = 1e-6;

/** What a sitting says after each problem at which it made a search. */
export interface Progress {
  readonly seed: number;
  readonly problem: string;
  /** Expected time of the searches that are still to be made. */
  readonly secondsLeft: number;
}

/**
 * Makes the searches that the results lack, seed by seed: a seed is made with all methods on all problems before the next one begins, so that
 * a sitting that ends early leaves the same seeds of every method.
 *
 * @param isOver asked before each search: true ends the sitting
 */
export async function makeRuns(
  comparison: Comparison,
  results: Results,
  { isOver, onProgress }: { readonly isOver: () => boolean; readonly onProgress: (progress: Progress) => void },
): Promise<void> {
  const timeLeft = new TimeLeft(comparison, results);
  for (let seed = 0; seed < comparison.seeds; seed += 1) {
    for (const problem of comparison.problems) {
      const missing = comparison.methods.filter((method) => !results.find(keyOf(method, problem.name, seed, comparison.budget)));
      for (const method of missing) {
        if (isOver()) return;
        timeLeft.made(results.add(await newRun(method, problem, seed, comparison.budget)));
      }
      if (missing.length > 0) onProgress({ seed, problem: problem.name, secondsLeft: timeLeft.seconds() });
    }
  }
}

/** The runs of the seeds that every method has on every problem: a mean over other seeds would compare different noise. */
export function completeRuns({ methods, problems, seeds, budget }: Comparison, results: Results): { seeds: number[]; runs: Run[] } {
  const numbers = Array.from({ length: seeds }, (_, seed) => seed);
  const bySeed = numbers.map((seed) => ({
    seed,
    runs: problems.flatMap(({ name: problem }) =>
      methods.flatMap((method) => {
        const run = results.find(keyOf(method, problem, seed, budget));
        return run ? [{ ...run, method: method.name }] : [];
      }),
    ),
  }));
  const complete = bySeed.filter(({ runs }) => runs.length === methods.length * problems.length);
  return { seeds: complete.map(({ seed }) => seed), runs: complete.flatMap(({ runs }) => runs) };
}

async function newRun(method: Method, problem: CurveProblem, seed: number, budget: number): Promise<Run> {
  const started = performance.now();
  const trials = await method.search(problem, { seed, budget });
  const ms = performance.now() - started;
  const regrets = regretsAt(
    trials,
    stages.map((share) => share * budget),
  );
  return {
    ...keyOf(method, problem.name, seed, budget),
    method: method.name,
    pace: problem.pace,
    at: regrets.map((regret) => Math.log10(Math.max(regret, leastRegret))),
    trials: trials.length,
    completed: trials.filter(({ isStopped }) => !isStopped).length,
    ms,
  };
}
