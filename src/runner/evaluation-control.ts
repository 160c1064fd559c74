import type { TrialError } from '../studies/model/failure.ts';
import type { ClaimedTrial, Settlement } from '../studies/ports/queue.ts';

/**
 * How a claimed trial left this runner. `released`: uncharged, for a pause or a drain; `gone`: another holds it now, or it was
 * cancelled; `conflict`: another had settled it before this runner delivered.
 */
export type EvaluationEnd =
  | { readonly kind: 'completed'; readonly studyId: string }
  | { readonly kind: 'failed'; readonly error: TrialError }
  | { readonly kind: 'released' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'conflict' };

/** What the rest of the runner may ask of a running evaluation. */
export interface EvaluationControl {
  /** Milliseconds since the last sign of life, in which this process could have heard one; the heartbeat stops for an evaluation that stalls. */
  silentMs(): number;
  /** Finish the step, save it, put the trial back. */
  stopAfterStep(): void;
  /** Stop at once: the lease or the trial is gone (`abandon`), or the trial is put back as it is (`release`). */
  stopNow(why: 'abandon' | 'release'): void;
  /** Nothing was heard for too long: ends it and charges the attempt. */
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

/** What became of a claimed trial, and how long to wait before the next claim. */
export interface Turn {
  readonly end: EvaluationEnd;
  readonly waitMs: number;
}

/** What a delivered result makes of the evaluation that brought it. */
export function endAfter(settlement: Settlement): EvaluationEnd {
  switch (settlement.kind) {
    case 'settled':
      return { kind: 'completed', studyId: settlement.studyId };
    case 'conflict':
      return { kind: 'conflict' };
    case 'lease-lost':
      return { kind: 'gone' };
  }
}
