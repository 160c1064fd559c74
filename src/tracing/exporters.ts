import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { SignalSettings } from './settings.ts';

/** Result of sending a batch. */
interface Sent {
  readonly code: number;
  readonly error?: Error;
}

/** Sends batches of one kind of records. */
interface Exporter<Item> {
  export(items: Item[], done: (result: Sent) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Code of a batch that was sent. */
const success = 0;

/** Tells once that a collector cannot be reached, and again after it could be. */
export class CollectorState {
  readonly #warn: (error: Error | undefined) => void;
  #isAway = false;

  /** @param warn called when the first batch is lost */
  constructor(warn: (error: Error | undefined) => void) {
    this.#warn = warn;
  }

  /** True if the last batch was lost. */
  isAway(): boolean {
    return this.#isAway;
  }

  note({ code, error }: Sent): void {
    if (code !== success && !this.#isAway) this.#warn(error);
    this.#isAway = code !== success;
  }
}

/** A lost batch is noted here, and is no error for those who gather the records. */
export function watched<Item>(exporter: Exporter<Item>, state: CollectorState): Required<Exporter<Item>> {
  return {
    export: (items, done) =>
      exporter.export(items, (result) => {
        state.note(result);
        done({ code: success });
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Loads the exporter of spans for a protocol. It reads address, headers and compression from the environment. */
export async function spanExporter({ protocol }: SignalSettings, timeoutMillis: number): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter({ timeoutMillis });
}

/** Loads the exporter of log records for a protocol; as `spanExporter`. */
export async function logExporter({ protocol }: SignalSettings, timeoutMillis: number): Promise<LogRecordExporter> {
  const { OTLPLogExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-logs-otlp-http')
      : await import('@opentelemetry/exporter-logs-otlp-proto');
  return new OTLPLogExporter({ timeoutMillis });
}
