import { type Attributes, type Link, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { TracePoint } from '../shared/trace-point.ts';

/** A span to be started. */
export interface NewSpan {
  readonly name: string;
  /** null: a new trace. */
  readonly parent: TracePoint | null;
  readonly links?: readonly (TracePoint | null)[];
  readonly kind?: 'internal' | 'server' | 'consumer';
  readonly attributes: Attributes;
  /** Time in ms since 1970, by `nowMs`; default: now. */
  readonly startMs?: number;
}

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, consumer: SpanKind.CONSUMER } as const;

/** Time in ms since 1970 that never goes back, with fractions: what happens within a span is shown within it. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Starts a span. */
export function startSpan(tracer: Tracer, { name, parent, links = [], kind = 'internal', attributes, startMs = nowMs() }: NewSpan): Span {
  const context = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  const linked = links.flatMap((point): Link[] => (point === null ? [] : [{ context: point }]));
  return tracer.startSpan(name, { kind: kinds[kind], attributes, links: linked, startTime: startMs }, context);
}

/** Ends a span. @param fault code of what went wrong; null: nothing did */
export function endSpan(
  span: Span,
  { endMs = nowMs(), fault = null }: { readonly endMs?: number; readonly fault?: string | null } = {},
): void {
  if (fault !== null) {
    span.setAttribute('error.type', fault);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(endMs);
}

/**
 * The parent of work for a study: the work that runs, if it is in the study's trace; otherwise the study's own place, with a link to the
 * work that runs.
 */
export function withinStudy(study: TracePoint | null, current: TracePoint | null): Pick<NewSpan, 'parent' | 'links'> {
  if (study === null || study.traceId === current?.traceId) return { parent: current ?? study };
  return { parent: study, links: [current] };
}
