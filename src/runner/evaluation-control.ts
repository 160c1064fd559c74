import { isRequeuedAfter, type StopReason } from '../objectives/stop-reason.ts';
import type { TrialError } from '../studies/model/failure.ts';
import type { ClaimedTrial, Settlement } from '../studies/ports/queue.ts';

/**
 * The end of an evaluation in this runner. `released`: the trial is requeued, uncharged; `abandoned`: another runner holds it, or it
 * was cancelled; `conflict`: another result had settled it before this runner delivered.
 */
export type EvaluationEnd =
  | { readonly kind: 'completed'; readonly studyId: string }
  | { readonly kind: 'failed'; readonly error: TrialError }
  | { readonly kind: 'released' }
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'conflict' };

/** Controls of a running evaluation, for the rest of the runner. */
export interface EvaluationControl {
  /** Milliseconds since the last sign of life, without those in which this process was suspended. A silent evaluation is stalled. */
  silentMs(): number;
  /** Stops it as the reason says. May be repeated; a more urgent reason replaces an earlier one. */
  stop(reason: StopReason): void;
  /** Ends an evaluation that was silent for too long; the attempt is charged. */
  stall(seconds: number): void;
}

/** An evaluation under way; `end` settles once, and rejects only where something could not be stored. */
export interface RunningEvaluation {
  readonly control: EvaluationControl;
  readonly end: Promise<EvaluationEnd>;
}

/** A trial that a slot holds, from claim to end. `control` is null until its evaluation begins. */
export interface HeldTrial {
  readonly trial: ClaimedTrial;
  control: EvaluationControl | null;
}

/** The end of a claimed trial, and the wait before the next claim. */
export interface Turn {
  readonly end: EvaluationEnd;
  readonly waitMs: number;
}

/** The end of an evaluation that was stopped. */
export function endAfterStop(reason: StopReason): EvaluationEnd {
  return { kind: isRequeuedAfter(reason) ? 'released' : 'abandoned' };
}

/** The end of an evaluation whose result was delivered. */
export function endAfter(settlement: Settlement): EvaluationEnd {
  switch (settlement.kind) {
    case 'settled':
      return { kind: 'completed', studyId: settlement.studyId };
    case 'conflict':
      return { kind: 'conflict' };
    case 'lease-lost':
      return { kind: 'abandoned' };
  }
}
