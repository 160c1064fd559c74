import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import { readTraceparent, type TracePoint } from '../shared/trace-point.ts';
import { type RequestWork, traceWork } from '../shared/work.ts';
import { endSpan, nowMs, startSpan } from './span-writer.ts';

/** Reads the `traceparent` that is stored with a study, or with that of a trial; null: none is. */
export type TraceLookUp = (kind: 'study' | 'trial', id: string) => Promise<string | null>;

/** Places of studies and trials that are kept; then all are read again. */
const placesAtMost = 10_000;
/** Looks at the database at a time; the spans of requests above it are in the traces of their clients alone. */
const looksAtMost = 100;

interface OpenRequest {
  readonly span: Span;
  readonly startMs: number;
}

/**
 * A span for each request. A request of a worker of a client is in the trace of that client; a second span, linked to it, is in the trace
 * of each study that it is about. For that the database is asked after the answer, once for each study and trial.
 */
export class RequestSpans {
  readonly #tracer: Tracer;
  readonly #open = new WeakMap<RequestWork, OpenRequest>();
  readonly #places = new Map<string, TracePoint | null>();
  readonly #looks = new Set<Promise<void>>();
  readonly stop: () => void;
  #lookUp: TraceLookUp | null = null;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
    this.stop = traceWork('request', { begin: (work) => this.#begin(work), end: (work) => this.#end(work) });
  }

  lookUpWith(lookUp: TraceLookUp): void {
    this.#lookUp = lookUp;
  }

  /** Ends the looks at the database: it is about to be closed. */
  async endLooks(): Promise<void> {
    this.#lookUp = null;
    await Promise.all(this.#looks);
  }

  #begin(work: RequestWork): TracePoint {
    const startMs = nowMs();
    const span = startSpan(this.#tracer, {
      name: work.route === 'none' ? work.method : `${work.method} ${work.route}`,
      parent: readTraceparent(work.traceparent),
      kind: 'server',
      attributes: attributesOf(work),
      startMs,
    });
    this.#open.set(work, { span, startMs });
    return span.spanContext();
  }

  #end(work: RequestWork): void {
    const open = this.#open.get(work);
    if (!open) return;
    const { span, startMs } = open;
    const status = work.status ?? 0;
    span.setAttributes({ ...attributesOf(work), 'http.response.status_code': status });
    const endMs = nowMs();
    endSpan(span, { endMs, fault: status >= 500 ? String(status) : null });
    if (!work.isOfWorker || status >= 400 || !this.#lookUp || this.#looks.size >= looksAtMost) return;
    const look = this.#join(this.#lookUp, work, { link: span.spanContext(), startMs, endMs });
    this.#looks.add(look);
    void look.finally(() => this.#looks.delete(look));
  }

  async #join(lookUp: TraceLookUp, work: RequestWork, { link, startMs, endMs }: { link: TracePoint; startMs: number; endMs: number }) {
    const about = work.trial === null ? work.studies.map((id) => ['study', id] as const) : [['trial', work.trial] as const];
    for (const [kind, id] of about) {
      const parent = await this.#placeOf(lookUp, kind, id);
      // A client that traces its whole search sends all its requests in the trace of the study.
      if (parent === null || parent.traceId === link.traceId) continue;
      const attributes = attributesOf(work);
      const span = startSpan(this.#tracer, { name: `worker ${work.route}`, parent, links: [link], kind: 'consumer', attributes, startMs });
      endSpan(span, { endMs });
    }
  }

  /** null also while the database does not answer: its absence is told by others. */
  async #placeOf(lookUp: TraceLookUp, kind: 'study' | 'trial', id: string): Promise<TracePoint | null> {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    try {
      const place = readTraceparent(await lookUp(kind, id));
      if (this.#places.size >= placesAtMost) this.#places.clear();
      this.#places.set(id, place);
      return place;
    } catch {
      return null;
    }
  }
}

function attributesOf({ method, route, studies: [study], trial }: RequestWork): Attributes {
  return {
    'http.request.method': method,
    'http.route': route,
    ...(study !== undefined && { 'clavier.study.id': study }),
    ...(trial !== null && { 'clavier.trial.id': trial }),
  };
}
