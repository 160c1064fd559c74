import type { StepCheckpointFile } from '../../objectives/trainer-protocol.ts';
import type { TrialIncident } from '../model/trial.ts';
import type { Directive, Lease, Settlement } from './queue.ts';

/** What is known of a training before it begins or goes on, whoever trained it. */
export interface KnownTraining {
  /** Steps whose values are known, without a gap from the first, at most as many as the trial asks for. */
  readonly steps: number;
  /** The last of them diverged: it answers every request for as many steps or more. */
  readonly diverged: boolean;
  /** Recorded checkpoints of those steps, the latest first. `file` is a key among the artifacts. */
  readonly checkpoints: readonly StepCheckpointFile[];
}

/** Which training a trial turned out to be, now that its data and its trainer are there. */
export interface BegunTraining {
  /** Equal for trainings whose steps are bit for bit the same. */
  readonly resultKey: string;
  /** Steps that the trial asks for. */
  readonly steps: number;
  /** Where it runs, kept with the key; the first word stands. */
  readonly environment: Readonly<Record<string, string | number>>;
}

/**
 * Reads what equal trainings measured before, and makes it a trial's own. Only evaluators whose steps have a result key use it.
 * Every method is one small transaction under the trial's lease, and may be repeated.
 */
export interface Continuation {
  /** Notes which training a trial is, and reads what is known of it; null where the lease is lost. Steps that an earlier attempt recorded under another key no longer count. */
  begin(lease: Lease, training: BegunTraining): Promise<KnownTraining | null>;
  /** Makes the known steps up to and with one the trial's own: its training was continued after them (0: it began anew). Called between `begin` and the next `recordStep` of the queue. */
  adopt(lease: Lease, step: number, incidents?: readonly TrialIncident[]): Promise<Directive>;
  /** Completes the trial from known steps, nothing being trained; `step` is the last one it asks for, or one that diverged. Called after `begin`. */
  complete(lease: Lease, step: number): Promise<Settlement>;
}
