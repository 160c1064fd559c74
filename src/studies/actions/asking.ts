import type { WorkerTrials } from '../ports/workers.ts';
import type { TrialDispatcher } from './trial-dispatcher.ts';

/** Everything that workers of clients need of a process. */
export interface Asking {
  /** Gives out trials. */
  readonly dispatcher: TrialDispatcher;
  /** Keeps, reports, settles and takes back the trials that workers hold. */
  readonly trials: WorkerTrials;
}
