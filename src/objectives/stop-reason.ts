/** Consequences of a stop: `atOnce`: the running step is given up; `requeued`: the trial waits for its next claim, uncharged. */
const stops = {
  /** The study is paused: the running step is finished and recorded. */
  pause: { atOnce: false, requeued: true },
  /** The runner shuts down gracefully: the running step is finished and recorded. */
  drain: { atOnce: false, requeued: true },
  /** The runner shuts down without waiting for the step. */
  terminate: { atOnce: true, requeued: true },
  /** The lease is lost, the trial was cancelled, or the attempt is over already: nothing more is recorded. */
  abandon: { atOnce: true, requeued: false },
} as const;

/** Reason to stop an evaluation before its last step. The queue, the runner and the trainer use the same words. */
export type StopReason = keyof typeof stops;

/** True if the running step is given up; false if it is finished and recorded first. */
export function stopsAtOnce(reason: StopReason): boolean {
  return stops[reason].atOnce;
}

/** True if the stopped trial is queued again; false if it is no longer the runner's. */
export function isRequeuedAfter(reason: StopReason): boolean {
  return stops[reason].requeued;
}

/** The reason that counts after another one arrived: a reason gives way to a more urgent one only. */
export function moreUrgent(current: StopReason | null, next: StopReason): StopReason {
  if (current === null) return next;
  return urgency(next) > urgency(current) ? next : current;
}

function urgency(reason: StopReason): number {
  const { atOnce, requeued } = stops[reason];
  return Number(atOnce) + Number(!requeued);
}
