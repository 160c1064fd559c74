/** Requests of the benchmark to the service that it started. */
export type Request =
  | { readonly type: 'hold'; readonly trials: number }
  | { readonly type: 'measure'; readonly seconds: number; readonly resultEveryMs: number | null };

/** Milliseconds, in the order in which they were measured. */
export interface ServiceTimes {
  /** From the moment when a heartbeat is due to its answer. */
  readonly heartbeats: readonly number[];
  /** From the moment when a slot is free to its next trial of the other study. */
  readonly claims: readonly number[];
  /** Results of the slow studies that were stored. */
  readonly results: number;
}

export type Answer =
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'held' }
  | { readonly type: 'measured'; readonly times: ServiceTimes };
