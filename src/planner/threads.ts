import { Piscina } from 'piscina';
import { frontAnswer } from '../studies/fronts/front-job.ts';
import type { FrontAnswers, FrontJob, FrontWorker } from '../studies/ports/front-worker.ts';
import { type Planner, PlannerClosedError } from '../studies/ports/planner.ts';
import { type Answer, proposalOf, type SuggestionInputs } from '../studies/search/suggest.ts';

/** A planner with threads of its own. Disposing it abandons the work in progress. */
export type ThreadPlanner = Planner & FrontWorker & AsyncDisposable;

/** Values of `places` that are ranked on the caller's own thread: a few milliseconds of work. */
const fewValues = 4000;
/**
 * Points of the fronts of `volumes`, of all its ends together, that are measured on the caller's own thread, and their squares with four
 * metrics: some 4 ms each. A front of 1,000 points takes 3 ms with two metrics, 8 ms with three and 200 ms with four (`npm run bench:pareto`).
 */
const [fewPoints, fewSquares] = [500, 20_000];

/** Largest number of threads. One core is left for the event loop, and two suggestions at a time serve many studies. */
const threadsAtMost = 2;
/** Time after which an idle thread ends. */
const idleMs = 60_000;

/**
 * Creates a planner on worker threads, which start when the first slow sampler, or the leaderboard of a long study with several metrics, needs one.
 *
 * @param entry path of the compiled `thread.ts`
 * @param cores cores that this process can keep busy
 */
export function threadPlanner(entry: string, cores: number): ThreadPlanner {
  let pool: Piscina | null = null;
  let closed = false;
  const opened = (): Piscina => {
    pool ??= new Piscina({
      filename: entry,
      minThreads: 0,
      maxThreads: Math.max(1, Math.min(threadsAtMost, cores - 1)),
      idleTimeout: idleMs,
    });
    return pool;
  };
  const run = async (name: 'default' | 'front', inputs: SuggestionInputs | FrontJob): Promise<unknown> => {
    if (closed) throw new PlannerClosedError('the planner is closed');
    return opened()
      .run(inputs, { name })
      .catch((error: unknown) => {
        throw closed ? new PlannerClosedError('the planner was closed', { cause: error }) : error;
      });
  };
  return {
    suggest: async (inputs) => proposalOf((await run('default', { ...inputs, history: [...inputs.history] })) as Answer),
    front: async (job) =>
      // The thread answers by the kind of the job.
      (isShort(job) ? frontAnswer(job) : await run('front', job)) as FrontAnswers[typeof job.kind],
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await pool?.destroy();
    },
  };
}

/** True for a job of a few milliseconds. No front of a job has more points than the job has results. */
function isShort(job: FrontJob): boolean {
  const { metrics, numbers, values } = job.results;
  if (job.kind === 'places') return values.length <= fewValues;
  const points = numbers.length * job.ends.length;
  return metrics < 4 ? points <= fewPoints : points * numbers.length <= fewSquares;
}
