import type { Span, Tracer } from '@opentelemetry/api';
import { listen } from '../shared/telemetry.ts';
import { readTraceparent } from '../shared/trace-point.ts';
import { currentTrace, traceWork, type Works } from '../shared/work.ts';
import { endSpan, nowMs, startSpan, withinStudy } from './span-writer.ts';

/** Spans of the steps of searches, and of the plans within them. @returns the function that ends them */
export function searchSpans(tracer: Tracer): () => void {
  const open = new WeakMap<Works['advance'], Span>();
  const endings = [
    traceWork('advance', {
      begin: (work) => {
        const attributes = { 'clavier.study.id': work.study, 'clavier.sampler': work.sampler };
        const span = startSpan(tracer, { name: 'advance', ...withinStudy(readTraceparent(work.trace), currentTrace()), attributes });
        open.set(work, span);
        return span.spanContext();
      },
      end: (work) => {
        const span = open.get(work);
        if (span) endSpan(span);
      },
    }),
    listen('plan', ({ sampler, suggestions, seconds }) => {
      const parent = currentTrace();
      if (parent === null) return; // a plan that belongs to no traced work
      const attributes = { 'clavier.sampler': sampler, 'clavier.suggestions': suggestions };
      const endMs = nowMs();
      endSpan(startSpan(tracer, { name: 'plan', parent, attributes, startMs: endMs - seconds * 1000 }), { endMs });
    }),
  ];
  return () => {
    for (const end of endings) end();
  };
}
