import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import type { TracePoint } from './trace-point.ts';

/** Pieces of work that take time, by name. The object of a piece tells it apart; it may learn more until the piece ends. */
export interface Works {
  /** A request to the API, but for probes and metrics. */
  readonly request: RequestWork;
  /** An attempt at a trial by a runner, from its claim until it is settled. */
  readonly attempt: AttemptWork;
  /** The part of an attempt in which its end is stored and the study is moved on. */
  readonly settlement: { readonly attempt: AttemptWork };
  /** One step of a search, under the lock of its study. `trace`: the `traceparent` that is stored with the study. */
  readonly advance: { readonly study: string; readonly sampler: string; readonly trace: string | null };
}

export interface RequestWork {
  readonly method: string;
  /** Pattern of its path; `none` if there is no such path. */
  readonly route: string;
  /** Header `traceparent`, as it came. */
  readonly traceparent: string | undefined;
  /** A worker of a client sent it: it belongs to the traces of the studies too. */
  readonly isOfWorker: boolean;
  /** Ids of the trial and the studies that it is about. */
  readonly trial: string | null;
  studies: readonly string[];
  /** Status of the answer; null until it ends. */
  status: number | null;
}

export interface AttemptWork {
  /** Token of its lease. */
  readonly token: string;
  readonly study: string;
  readonly project: string;
  readonly trial: string;
  readonly number: number;
  readonly objective: string;
  readonly steps: number;
  /** The `traceparent` that is stored with the study. */
  readonly trace: string | null;
  /** Kind of its end; null until then, and after a fault of the runner. */
  outcome: string | null;
  /** Code of a failure. */
  code: string | null;
}

export type WorkName = keyof Works;

const traces = new AsyncLocalStorage<TracePoint | null>();

/** The place in a trace of the work that runs; null if nobody traces it. */
export function currentTrace(): TracePoint | null {
  return traces.getStore() ?? null;
}

/** Runs something at a place in a trace. */
export function inTrace<T>(point: TracePoint | null, run: () => T): T {
  return point === null ? run() : traces.run(point, run);
}

/** True if somebody follows the pieces of work of a name. */
export function isFollowed(name: WorkName): boolean {
  return begun(name).hasSubscribers;
}

/** Begins a piece of work; `run` and all that it begins happen within it. */
export function beginWork<Name extends WorkName, T>(name: Name, work: Works[Name], run: () => T): T {
  return begun(name).runStores(work, run);
}

/** Ends a piece of work that was begun. */
export function endWork<Name extends WorkName>(name: Name, work: Works[Name]): void {
  ended(name).publish(work);
}

/** Does a piece of work from begin to end. */
export async function follow<Name extends WorkName, T>(name: Name, work: Works[Name], run: () => Promise<T>): Promise<T> {
  if (!isFollowed(name)) return run();
  try {
    return await beginWork(name, work, run);
  } finally {
    endWork(name, work);
  }
}

/** Is told the begin and the end of each piece of work of a name. Must not throw. */
export interface WorkListener<Work> {
  readonly begin: (work: Work) => void;
  readonly end: (work: Work) => void;
}

/** Listens to the work of a name until the returned function is called. */
export function listenToWork<Name extends WorkName>(name: Name, { begin, end }: WorkListener<Works[Name]>): () => void {
  const [onBegin, onEnd] = [told(begin), told(end)];
  begun(name).subscribe(onBegin);
  ended(name).subscribe(onEnd);
  return () => {
    begun(name).unsubscribe(onBegin);
    ended(name).unsubscribe(onEnd);
  };
}

/**
 * Traces the work of a name until the returned function is called. One tracer at a time follows a name.
 *
 * @param tracer `begin` returns the place in a trace of all that happens within the piece of work
 */
export function traceWork<Name extends WorkName>(
  name: Name,
  tracer: { readonly begin: (work: Works[Name]) => TracePoint | null; readonly end: (work: Works[Name]) => void },
): () => void {
  begun(name).bindStore(traces, (work) => tracer.begin(work as Works[Name])); // only `beginWork` publishes here
  const onEnd = told(tracer.end);
  ended(name).subscribe(onEnd);
  return () => {
    begun(name).unbindStore(traces);
    ended(name).unsubscribe(onEnd);
  };
}

/** Only `beginWork` and `endWork` publish on the channels of a name. */
function told<Work>(listener: (work: Work) => void): (work: unknown) => void {
  return (work) => listener(work as Work);
}

function begun(name: WorkName) {
  return channel(`clavier:${name}:begun`);
}

function ended(name: WorkName) {
  return channel(`clavier:${name}:ended`);
}
