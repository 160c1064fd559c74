/** Protocols by which records are sent. */
export const protocols = ['http/protobuf', 'http/json'] as const;

/** The validated settings of OpenTelemetry, of those that its packages do not read themselves. */
export interface TelemetrySettings {
  /** null: traces are not sent. */
  readonly traces: SignalSettings | null;
  /** null: log lines are not sent. */
  readonly logs: SignalSettings | null;
  readonly sampler: SamplerSettings;
  /** Longest time in ms that sending a batch may take, with all its tries. */
  readonly timeoutMs: number;
}

/** Transport of one kind of records. */
export interface SignalSettings {
  readonly protocol: (typeof protocols)[number];
  /** Time in ms for which records are gathered before they are sent. */
  readonly delayMs: number;
}

/** The traces of new requests that are recorded: a share of them from 0 to 1. `parentBased`: those of clients are as they say. */
export interface SamplerSettings {
  readonly share: number;
  readonly parentBased: boolean;
}
