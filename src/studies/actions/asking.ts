import type { WorkerTrials } from '../ports/workers.ts';
import type { AskDesk } from './ask-desk.ts';

/** Everything that workers of clients need of a process. */
export interface Asking {
  /** Gives out trials. */
  readonly desk: AskDesk;
  /** Keeps, reports, settles and takes back the trials that workers hold. */
  readonly trials: WorkerTrials;
}
