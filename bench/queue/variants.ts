/** What is switched on while the queue is measured. */
export interface Variant {
  readonly name: 'everything' | 'no log' | 'no log, no checkpoints';
  /** Whether the study appends to its event log. */
  readonly log: boolean;
  /** Whether each step is recorded with a checkpoint. */
  readonly checkpoints: boolean;
}

/** The first is the service as it is. */
export const variants: readonly Variant[] = [
  { name: 'everything', log: true, checkpoints: true },
  { name: 'no log', log: false, checkpoints: true },
  { name: 'no log, no checkpoints', log: false, checkpoints: false },
];
