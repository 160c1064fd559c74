/** The figures that the metrics take from the database, at one moment. */
export interface Readings {
  /** Number of trials, by project and state. */
  readonly trials: readonly { readonly project: string; readonly state: string; readonly count: number }[];
  /** Seconds for which the trial that waits longest has waited, by project; of active studies alone. */
  readonly waiting: readonly { readonly project: string; readonly seconds: number }[];
  /** Steps of the results so far, by project: those that were trained for them, and those that were read again. */
  readonly steps: readonly { readonly project: string; readonly trained: number; readonly reused: number }[];
  /** Number of studies, by project and state. */
  readonly studies: readonly { readonly project: string; readonly state: string; readonly count: number }[];
  /** Number of webhooks, by project and state. */
  readonly webhooks: readonly { readonly project: string; readonly state: string; readonly count: number }[];
  /** Deliveries to webhooks that wait or are retried, by project. */
  readonly deliveries: readonly { readonly project: string; readonly count: number }[];
  /** Runners that were seen lately. */
  readonly runners: number;
}

/** The connections of a pool to the database. */
export interface PoolReading {
  readonly pool: string;
  readonly total: number;
  readonly idle: number;
  /** Requests that wait for a connection. */
  readonly waiting: number;
}

/** The sources of the measurements that a process shows. */
export interface MetricSources {
  /** @throws DatabaseUnreachableError while the database is unreachable */
  readonly read: () => Promise<Readings>;
  readonly pools: () => readonly PoolReading[];
  /** Slots of the runner in this process; absent: it has none. */
  readonly slots?: number;
}
