import { Piscina } from 'piscina';
import { type Planner, PlannerClosedError } from '../studies/ports/planner.ts';
import { type Answer, proposalOf, type SuggestionInputs } from '../studies/search/suggest.ts';

/** A planner with threads of its own. Disposing it abandons the suggestions in progress. */
export type ThreadPlanner = Planner & AsyncDisposable;

/** Largest number of threads. One core is left for the event loop, and two suggestions at a time serve many studies. */
const threadsAtMost = 2;
/** Time after which an idle thread ends. */
const idleMs = 60_000;

/**
 * Creates a planner on worker threads, which start when the first slow sampler needs one.
 *
 * @param entry path of the compiled `thread.ts`
 * @param cores cores that this process can keep busy
 */
export function threadPlanner(entry: string, cores: number): ThreadPlanner {
  let pool: Piscina<SuggestionInputs, Answer> | null = null;
  let closed = false;
  const opened = (): Piscina<SuggestionInputs, Answer> => {
    pool ??= new Piscina({
      filename: entry,
      minThreads: 0,
      maxThreads: Math.max(1, Math.min(threadsAtMost, cores - 1)),
      idleTimeout: idleMs,
    });
    return pool;
  };
  return {
    suggest: async (inputs) => {
      if (closed) throw new PlannerClosedError('the planner is closed');
      const answer = await opened()
        .run({ ...inputs, history: [...inputs.history] })
        .catch((error: unknown) => {
          throw closed ? new PlannerClosedError('the planner was closed', { cause: error }) : error;
        });
      return proposalOf(answer);
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await pool?.destroy();
    },
  };
}
