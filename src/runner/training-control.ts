import type { TrialError } from '../studies/model/failure.ts';
import type { Settlement } from '../studies/ports/queue.ts';

/**
 * How a claimed trial left this runner. `released`: uncharged, for a pause or a drain; `gone`: another holds it now, or it was
 * cancelled; `conflict`: another had settled it before this runner delivered.
 */
export type TrainingEnd =
  | { readonly kind: 'completed'; readonly studyId: string }
  | { readonly kind: 'failed'; readonly error: TrialError }
  | { readonly kind: 'released' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'conflict' };

/** What the rest of the runner may ask of a running training. */
export interface TrainingControl {
  /** Milliseconds since the last sign of life, in which this process could have heard one; the heartbeat stops for a training that stalls. */
  silentMs(): number;
  /** The most resident memory that the trainer reported. */
  peakRssBytes(): number;
  /** Finish the step, save it, put the trial back. */
  stopAfterStep(): void;
  /** Stop at once: the lease or the trial is gone (`abandon`), or the trial is put back as it is (`release`). */
  stopNow(why: 'abandon' | 'release'): void;
  /** The trainer said nothing for too long: ends it and charges the attempt. */
  stall(seconds: number): void;
}

/** What a delivered result makes of the training that brought it. */
export function endAfter(settlement: Settlement): TrainingEnd {
  switch (settlement.kind) {
    case 'settled':
      return { kind: 'completed', studyId: settlement.studyId };
    case 'conflict':
      return { kind: 'conflict' };
    case 'lease-lost':
      return { kind: 'gone' };
  }
}
