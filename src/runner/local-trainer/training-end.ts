import { moreUrgent, type StopReason } from '../../objectives/stop-reason.ts';
import type { TrialError } from '../../studies/model/failure.ts';
import type { Settlement } from '../../studies/ports/queue.ts';
import { type EvaluationEnd, endAfter, endAfterStop } from '../evaluation-control.ts';

/** The end of one training, and everything so far that decides it: the reason to stop, and the stored result. The first end counts. */
export class TrainingEnd {
  /** Rejects if something could not be stored. */
  readonly promise: Promise<EvaluationEnd>;
  #stop: StopReason | null = null;
  /** The end by a stored result. The training itself ends later, when the trainer is free again. */
  #settled: EvaluationEnd | null = null;
  #over = false;
  #resolve: (end: EvaluationEnd) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Notes a reason to stop. Returns false if it changes nothing. */
  stop(reason: StopReason): boolean {
    const before = this.#stop;
    this.#stop = moreUrgent(before, reason);
    return this.#stop !== before;
  }

  /** null: continue. */
  stopReason(): StopReason | null {
    return this.#stop;
  }

  /** Notes the delivery of a result, which outlasts every stop. */
  settle(settlement: Settlement): EvaluationEnd {
    this.#settled = endAfter(settlement);
    return this.#settled;
  }

  /** null: no result was delivered. */
  settled(): EvaluationEnd | null {
    return this.#settled;
  }

  /** True once the end is known; the trainer may then belong to another training. */
  isOver(): boolean {
    return this.#over;
  }

  finish(end: EvaluationEnd): void {
    this.#over = true;
    this.#resolve(end);
  }

  /** Ends as the delivered result says or, without one, as the reason to stop says. */
  finishStopped(): void {
    const released: EvaluationEnd = { kind: 'released' };
    this.finish(this.#settled ?? (this.#stop === null ? released : endAfterStop(this.#stop)));
  }

  fail(code: TrialError['code'], message: string): void {
    this.finish({ kind: 'failed', error: { code, message } });
  }

  /** Something could not be stored: the lease expires, and another attempt continues. */
  abort(error: unknown): void {
    this.#over = true;
    this.#reject(error);
  }
}
