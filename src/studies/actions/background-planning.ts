import { type Planner, PlannerClosedError } from '../ports/planner.ts';
import type { Transactions } from '../ports/transactions.ts';
import type { MadeSuggestions } from '../search/plan.ts';
import { type AdvanceStep, advanceOnce } from './advance.ts';

/**
 * Plans the suggestions of slow samplers, for several studies at a time, and stores them. Disposing it waits for the transactions in
 * progress.
 */
export interface BackgroundPlanning extends AsyncDisposable {
  /**
   * Reports that suggestions are due for a study. If they are being planned already, the study is checked once more afterwards.
   *
   * @param demand trials that workers wait for here. Read for searches that suggest on demand; absent: as reported last, or 0
   */
  due(studyId: string, demand?: number): void;
  /** Resolves when nothing is being planned. */
  idle(): Promise<void>;
}

/** Dependencies of the planning. */
export interface PlanningTools {
  readonly transactions: Transactions;
  readonly planner: Planner;
  /** Called after a step that had suggestions to store. */
  readonly onStored?: (studyId: string) => void;
  /** Called if the suggestions of a study could not be planned; a sweep tries again. */
  readonly onFault: (error: unknown, studyId: string) => void;
}

/** A study whose suggestions are being planned. */
interface Planned {
  /** True if suggestions were reported due since the study was last read. */
  askedAgain: boolean;
  /** Trials that workers wait for, less those that were planned since. */
  demand: number;
  done: Promise<void>;
}

/**
 * Plans in the background of this process. A suggestion is made outside any transaction, from a snapshot, and applied under the
 * study's lock if its trial is still the next one. Several processes may plan for one study: the first to apply its suggestion
 * wins, the others continue from the new state.
 */
export function backgroundPlanning(tools: PlanningTools): BackgroundPlanning {
  const planned = new Map<string, Planned>();
  let closed = false;
  const run = async (studyId: string, entry: Planned): Promise<void> => {
    try {
      do {
        entry.askedAgain = false;
        await planSuggestions(tools, studyId, entry, () => closed);
      } while (entry.askedAgain && !closed);
    } catch (error) {
      // The service stops; the next start plans again.
      if (!(error instanceof PlannerClosedError)) tools.onFault(error, studyId);
    } finally {
      planned.delete(studyId);
    }
  };
  const idle = async (): Promise<void> => {
    while (planned.size > 0) await Promise.all([...planned.values()].map(({ done }) => done));
  };
  return {
    due: (studyId, demand) => {
      const entry = planned.get(studyId);
      if (entry) {
        entry.askedAgain = true;
        // Requests that wait ask again and again: the latest count is that of those that still do.
        if (demand !== undefined) entry.demand = demand;
      } else if (!closed) {
        const started: Planned = { askedAgain: false, demand: demand ?? 0, done: Promise.resolve() };
        planned.set(studyId, started);
        started.done = run(studyId, started);
      }
    },
    idle,
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await idle();
    },
  };
}

/** Plans until nothing is due for the study, or until planning is closed. */
async function planSuggestions(
  { transactions, planner, onStored }: PlanningTools,
  studyId: string,
  entry: Planned,
  isClosed: () => boolean,
): Promise<void> {
  let made: MadeSuggestions | null = null;
  while (!isClosed()) {
    const given: MadeSuggestions | null = made;
    made = null;
    const { again, due, queued }: AdvanceStep = await transactions.transaction((tx) => advanceOnce(tx, studyId, given, entry.demand));
    entry.demand = Math.max(0, entry.demand - queued);
    if (given) onStored?.(studyId);
    if (due && !again) made = { due, proposal: await planner.suggest(due.inputs) };
    else if (!again) return;
  }
}
