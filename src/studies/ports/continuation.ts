import type { InheritedSteps } from '../../objectives/evaluator.ts';
import type { StepCheckpointFile } from '../../objectives/trainer-protocol.ts';
import type { TrialIncident } from '../model/trial.ts';
import type { Directive, Lease, Settlement } from './queue.ts';

/** Known state of a training before it starts or continues, from any runner. */
export interface KnownTraining {
  /** Steps whose values are known, without a gap from the first, at most as many as the trial asks for. */
  readonly steps: number;
  /** The last of them diverged: it answers every request for as many steps or more. */
  readonly diverged: boolean;
  /**
   * Recorded checkpoints of those steps, the latest first, one of each: of the training itself, or else of one whose steps it begins with.
   * `file` is a key among the artifacts.
   */
  readonly checkpoints: readonly StepCheckpointFile[];
  /** Set if the pruner of the study stopped the trial after one of those steps. Absent: it goes on. */
  readonly stopped?: Extract<Settlement, { kind: 'settled' }>;
}

/** The training of a trial, identified once its data and trainer are available. */
export interface BegunTraining {
  /** Equal for trainings whose steps are bit for bit the same. */
  readonly resultKey: string;
  /** Trainings whose steps its own begin with, in order (see `IdentifiedTraining`). Absent: none. */
  readonly inherited?: readonly InheritedSteps[];
  /** Steps that the trial asks for. */
  readonly steps: number;
  /** The environment of the training. Stored with the key; an existing value is kept. */
  readonly environment: Readonly<Record<string, string | number>>;
}

/**
 * Reads the results of equal trainings and attributes them to a trial. Only evaluators whose steps have a result key use it. Every
 * method is one small transaction under the trial's lease, and may be repeated.
 *
 * @throws DatabaseUnreachableError while the database is unreachable; the call may then have been stored, and is repeated
 */
export interface Continuation {
  /**
   * Stores the training of a trial and reads its known state; null if the lease is lost. Steps that an earlier attempt recorded
   * under another key no longer count. The known steps of the trainings that it begins with become its own. A pruner judges the known
   * steps in order, as if they were reported.
   */
  begin(lease: Lease, training: BegunTraining): Promise<KnownTraining | null>;
  /**
   * Attributes the stored steps 1…`step` to this trial (0: none, the training starts from scratch). Called between `begin` and the
   * next `recordStep` of the queue.
   */
  adopt(lease: Lease, step: number, incidents?: readonly TrialIncident[]): Promise<Directive>;
  /**
   * Completes the trial from stored steps without training; `step` is the last one that it asks for, or a diverged one. Called
   * after `begin`.
   */
  complete(lease: Lease, step: number): Promise<Settlement>;
}
