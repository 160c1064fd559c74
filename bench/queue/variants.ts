/** The features that are on while the queue is measured. */
export interface Variant {
  readonly name: 'everything' | 'no log' | 'no log, no checkpoints';
  /** True if the study appends to its event log. */
  readonly log: boolean;
  /** True if each step is recorded with a checkpoint. */
  readonly checkpoints: boolean;
}

/** The first variant is the service as it is. */
export const variants: readonly Variant[] = [
  { name: 'everything', log: true, checkpoints: true },
  { name: 'no log', log: false, checkpoints: true },
  { name: 'no log, no checkpoints', log: false, checkpoints: false },
];
