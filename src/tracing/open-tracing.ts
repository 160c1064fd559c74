import { setTimeout as delay } from 'node:timers/promises';
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { AttemptSpans } from './attempt-spans.ts';
import { CollectorState, logExporter, spanExporter, watched } from './exporters.ts';
import { logRecords } from './log-records.ts';
import { RequestSpans, type TraceLookUp } from './request-spans.ts';
import { searchSpans } from './search-spans.ts';
import type { SamplerSettings, TelemetrySettings } from './settings.ts';

/** Longest time in ms that a stop waits for the last records to be sent. */
const flushMs = 5000;

/** The tracing of a process. Disposing it sends what is left, within five seconds. */
export interface Tracing extends AsyncDisposable {
  /** Gives it a way to read the places of studies, for the requests of workers. */
  lookUpWith(lookUp: TraceLookUp): void;
  /** Ends the use of that way: the database is about to be closed. */
  endLooks(): Promise<void>;
}

/** Dependencies of the tracing. */
export interface TracingTools {
  readonly version: string;
  /** Called when records could not be sent, once until some could be again. */
  readonly warn: (error: Error | undefined) => void;
}

/** One kind of records. */
interface Signal {
  readonly endings: readonly (() => void)[];
  readonly flush: () => Promise<void>;
  readonly requests?: RequestSpans;
}

/** Begins to trace this process. The packages read their own variables of the environment now, and not later. */
export async function openTracing(settings: TelemetrySettings, { version, warn }: TracingTools): Promise<Tracing> {
  const own = resourceFromAttributes({ 'service.name': 'clavier', 'service.version': version, 'process.pid': process.pid });
  const resource = own.merge(detectResources({ detectors: [envDetector] }));
  const state = new CollectorState(warn);
  const traces = await openTraces(settings, resource, { version, state });
  const logs = await openLogs(settings, resource, { version, state });
  const signals = [traces, logs].filter((signal) => signal !== null);
  return {
    lookUpWith: (lookUp) => traces?.requests?.lookUpWith(lookUp),
    endLooks: async () => traces?.requests?.endLooks(),
    async [Symbol.asyncDispose]() {
      for (const { endings } of signals) for (const end of endings) end();
      // A collector that was away a moment ago would only hold up the stop.
      if (state.isAway()) return;
      await Promise.race([Promise.all(signals.map(({ flush }) => flush())), delay(flushMs, undefined, { ref: false })]);
    },
  };
}

/** Parts shared by the kinds of records. */
interface Shared {
  readonly version: string;
  readonly state: CollectorState;
}

async function openTraces(
  { traces, sampler, timeoutMs }: TelemetrySettings,
  resource: Resource,
  { version, state }: Shared,
): Promise<Signal | null> {
  if (traces === null) return null;
  const exporter = watched(await spanExporter(traces, timeoutMs), state);
  const processor = new BatchSpanProcessor({ exporter, scheduledDelayMillis: traces.delayMs });
  const provider = new TracerProvider({ resource, sampler: samplerOf(sampler), spanProcessors: [processor] });
  const tracer = provider.getTracer('clavier', version);
  const [requests, attempts] = [new RequestSpans(tracer), new AttemptSpans(tracer)];
  const endings = [() => requests.stop(), searchSpans(tracer), () => attempts.stop()];
  return { requests, endings, flush: () => provider.shutdown() };
}

async function openLogs({ logs, timeoutMs }: TelemetrySettings, resource: Resource, { version, state }: Shared): Promise<Signal | null> {
  if (logs === null) return null;
  const exporter = watched(await logExporter(logs, timeoutMs), state);
  const processor = new BatchLogRecordProcessor({ exporter, scheduledDelayMillis: logs.delayMs });
  const provider = new LoggerProvider({ resource, processors: [processor] });
  return { endings: [logRecords(provider.getLogger('clavier', version))], flush: () => provider.shutdown() };
}

function samplerOf({ share, parentBased }: SamplerSettings): Sampler {
  const root = share === 1 ? new AlwaysOnSampler() : share === 0 ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(share);
  return parentBased ? new ParentBasedSampler({ root }) : root;
}
