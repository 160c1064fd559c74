import type { Span, Tracer } from '@opentelemetry/api';
import { listen } from '../shared/telemetry.ts';
import { readTraceparent, type TracePoint } from '../shared/trace-point.ts';
import { type AttemptWork, currentTrace, traceWork, type Works } from '../shared/work.ts';
import { endSpan, nowMs, startSpan } from './span-writer.ts';

/** An attempt under way. */
interface OpenAttempt {
  readonly span: Span;
  /** Time at which its last step ended, or its first began. */
  markMs: number;
  /** Last step that is stored. */
  step: number;
}

/** Ends of attempts in which nothing went wrong. */
const orderly: readonly (string | null)[] = ['completed', 'released', 'conflict', 'abandoned'];

/**
 * Spans of the attempts of a runner: each with its steps, from the end of one until the next is stored, and its settlement. A step that an
 * end interrupts has a span too, which says that it is not finished.
 */
export class AttemptSpans {
  readonly #tracer: Tracer;
  readonly #open = new Map<string, OpenAttempt>();
  readonly #settlements = new WeakMap<object, Span>();
  readonly #endings: readonly (() => void)[];

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
    this.#endings = [
      traceWork('attempt', { begin: (work) => this.#begin(work), end: (work) => this.#end(work) }),
      traceWork('settlement', { begin: (work) => this.#beginSettlement(work), end: (work) => this.#endSettlement(work) }),
      listen('step', ({ token, step, part }) => this.#step(token, step, part)),
      listen('reused', ({ token, steps }) => this.#reused(token, steps)),
    ];
  }

  stop(): void {
    for (const end of this.#endings) end();
    for (const { span } of this.#open.values()) endSpan(span, { fault: 'stopped' });
    this.#open.clear();
  }

  #begin({ token, study, project, trial, number, objective, steps, trace }: AttemptWork): TracePoint {
    const span = startSpan(this.#tracer, {
      name: 'attempt',
      parent: readTraceparent(trace),
      kind: 'consumer',
      attributes: {
        'clavier.project': project,
        'clavier.study.id': study,
        'clavier.trial.id': trial,
        'clavier.trial.number': number,
        'clavier.objective': objective,
        'clavier.steps': steps,
      },
    });
    this.#open.set(token, { span, markMs: nowMs(), step: 0 });
    return span.spanContext();
  }

  #end({ token, outcome, code }: AttemptWork): void {
    const open = this.#open.get(token);
    if (!open) return;
    this.#open.delete(token);
    open.span.setAttributes({ 'clavier.outcome': outcome ?? 'fault', 'clavier.steps.stored': open.step });
    endSpan(open.span, { fault: orderly.includes(outcome) ? null : (code ?? 'fault') });
  }

  #step(token: string, step: number, part: 'step' | 'evaluation'): void {
    const open = this.#open.get(token);
    if (!open) return;
    open.step = step;
    this.#write(open, part, { 'clavier.step': step });
  }

  #write(open: OpenAttempt, name: string, attributes: Record<string, number | boolean>): void {
    const endMs = nowMs();
    endSpan(startSpan(this.#tracer, { name, parent: open.span.spanContext(), attributes, startMs: open.markMs }), { endMs });
    open.markMs = endMs;
  }

  #reused(token: string, steps: number): void {
    const open = this.#open.get(token);
    if (!open || steps === 0) return;
    open.span.setAttribute('clavier.steps.reused', steps);
    open.markMs = nowMs();
    open.step = steps;
  }

  /** The settlement follows the last step. What was under way until then was not finished, unless the attempt needs no more steps. */
  #beginSettlement({ attempt }: Works['settlement']): TracePoint {
    const open = this.#open.get(attempt.token);
    if (open && attempt.outcome !== 'completed' && open.step < attempt.steps)
      this.#write(open, 'step', { 'clavier.step': open.step + 1, 'clavier.step.finished': false });
    const span = startSpan(this.#tracer, { name: 'settlement', parent: currentTrace(), attributes: {} });
    this.#settlements.set(attempt, span);
    return span.spanContext();
  }

  #endSettlement({ attempt }: Works['settlement']): void {
    const span = this.#settlements.get(attempt);
    if (span) endSpan(span);
  }
}
