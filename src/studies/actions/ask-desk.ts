import { setTimeout as delay } from 'node:timers/promises';
import { inBatches } from '../../shared/batches.ts';
import type { Transactions } from '../ports/transactions.ts';
import type { AskStore, HandedTrial, LeaseRequest } from '../ports/workers.ts';
import { advanceStudy } from './advance.ts';
import { type Asked, askTrials, type NoTrial } from './ask.ts';

/** Largest number of trials that one transaction gives out. */
const mostAtOnce = 200;
/** Time in ms after a result in which a request for a trial, which observes it too, is expected. */
const foldMs = 25;
/** Time in ms after which requests that wait look again: another process may have changed the study. */
const lookAgainMs = 1000;

/** Trials for one request, or the reason for which there is none. */
export interface Answered {
  readonly trials: readonly HandedTrial[];
  readonly missing: NoTrial | null;
}

/** Dependencies of the desk. */
export interface DeskTools {
  readonly asking: AskStore;
  readonly transactions: Transactions;
  /** Is told of a study whose slow sampler owes a suggestion. */
  readonly suggestionsDue: (studyId: string) => void;
  /** A study could not be moved on after a result; the next request or sweep tries again. */
  readonly onFault: (error: unknown, studyId: string) => void;
}

/** One study at the desk. */
interface Window {
  readonly serve: (requests: readonly LeaseRequest[]) => Promise<Answered>;
  /** Wakes the requests that wait for a trial of this study. */
  readonly waiting: Set<() => void>;
  /** The step that will observe the results since the last one; null if there are none. */
  observing: NodeJS.Timeout | null;
}

/**
 * Gives out trials to the workers that ask this process. Requests for one study that arrive together are served by one step of the search;
 * results are observed by the next request, or shortly after if none comes. Requests that find nothing may wait: they look again
 * when a result arrives here, and every second.
 */
export class AskDesk implements AsyncDisposable {
  readonly #tools: DeskTools;
  readonly #windows = new Map<string, Window>();
  readonly #ended = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(tools: DeskTools) {
    this.#tools = tools;
  }

  /** @throws as `askTrials` */
  ask(studyId: string, requests: readonly LeaseRequest[]): Promise<Answered> {
    return this.#window(studyId).serve(requests);
  }

  /**
   * Asks, and asks again until there is a trial, the study has ended, the time is over or the caller has gone.
   *
   * @param studyIds looks at each in turn, in this order
   * @param whenGone called if the request has to wait: a signal that is aborted when its client has gone
   */
  async askWaiting(
    studyIds: () => Promise<readonly string[]>,
    requests: readonly LeaseRequest[],
    { ms, whenGone }: { readonly ms: number; readonly whenGone: () => AbortSignal },
  ): Promise<Answered> {
    const until = performance.now() + ms;
    const first = await this.#askEach(await studyIds(), requests);
    if (isFinalAnswer(first) || ms <= 0) return first;
    const gone = whenGone();
    for (;;) {
      const ids = await studyIds();
      const news = this.#listen(ids);
      try {
        const answer = await this.#askEach(ids, requests);
        const left = until - performance.now();
        if (isFinalAnswer(answer) || left <= 0 || gone.aborted || this.#ended.signal.aborted) return answer;
        await news.wait(Math.min(left, lookAgainMs), gone);
        // A trial given to a client that has gone would be lost until its lease ends.
        if (gone.aborted) return answer;
      } finally {
        news.stop();
      }
    }
  }

  /** Reports that a trial of a study was settled or returned: its search may go on. */
  settled(studyId: string): void {
    const window = this.#window(studyId);
    for (const wake of window.waiting) wake();
    if (window.observing !== null || this.#ended.signal.aborted) return;
    window.observing = setTimeout(() => {
      window.observing = null;
      this.#track(
        window.serve([]).then(
          () => undefined,
          (error: unknown) => this.#tools.onFault(error, studyId),
        ),
      );
    }, foldMs);
  }

  /** Ends all waits, for a graceful stop. */
  endWaits(): void {
    this.#ended.abort();
    for (const { waiting } of this.#windows.values()) for (const wake of waiting) wake();
  }

  /** Ends all waits, and resolves when no result is being observed. Those that are not yet are observed by the next request or sweep. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.endWaits();
    for (const { observing } of this.#windows.values()) if (observing !== null) clearTimeout(observing);
    await Promise.all(this.#running);
  }

  async #askEach(studyIds: readonly string[], requests: readonly LeaseRequest[]): Promise<Answered> {
    const trials: HandedTrial[] = [];
    let missing: NoTrial | null = null;
    for (const studyId of studyIds) {
      const answer = await this.ask(
        studyId,
        requests.filter(({ token }) => !trials.some((trial) => trial.token === token)),
      );
      trials.push(...answer.trials);
      if (trials.length >= requests.length) return { trials, missing: null };
      if (missing === null || missing === 'ended') missing = answer.missing;
    }
    return { trials, missing };
  }

  #window(studyId: string): Window {
    const known = this.#windows.get(studyId);
    if (known) return known;
    const batched = inBatches((asks: readonly (readonly LeaseRequest[])[]) => this.#serve(studyId, asks), mostAtOnce);
    const window: Window = { serve: batched, waiting: new Set(), observing: null };
    this.#windows.set(studyId, window);
    return window;
  }

  /** Serves the requests of several workers together; the first ones get the trials. */
  async #serve(studyId: string, asks: readonly (readonly LeaseRequest[])[]): Promise<Answered[]> {
    const window = this.#window(studyId);
    if (window.observing !== null) clearTimeout(window.observing);
    window.observing = null;
    const { trials, missing } = await this.#askUntilDone(studyId, distinct(asks.flat())).catch((error: unknown) => {
      this.#close(studyId, window);
      throw error;
    });
    if (missing === 'ended') this.#close(studyId, window);
    const byToken = new Map(trials.map((trial) => [trial.token, trial]));
    return asks.map((requests) => {
      const own = requests.flatMap(({ token }) => byToken.get(token) ?? []);
      return { trials: own, missing: own.length > 0 || requests.length === 0 ? null : missing };
    });
  }

  async #askUntilDone(studyId: string, requests: readonly LeaseRequest[]): Promise<Answered> {
    const trials: HandedTrial[] = [];
    for (;;) {
      const open = requests.filter(({ token }) => !trials.some((trial) => trial.token === token));
      const asked: Asked = await askTrials(this.#tools.asking, studyId, open);
      trials.push(...asked.trials);
      if (asked.left === 'suggest') this.#tools.suggestionsDue(studyId);
      if (asked.left === 'end') await advanceStudy(this.#tools.transactions, studyId, open.length);
      const isDone = asked.left === null || asked.left === 'suggest' || (asked.left === 'again' && asked.missing === null);
      if (isDone) return { trials, missing: trials.length >= requests.length ? null : asked.missing };
    }
  }

  /** Forgets a study that needs nothing more, or that there is none. */
  #close(studyId: string, window: Window): void {
    if (window.waiting.size === 0) this.#windows.delete(studyId);
  }

  #listen(studyIds: readonly string[]) {
    const heard = new AbortController();
    const wake = (): void => heard.abort();
    const windows = studyIds.map((studyId) => this.#window(studyId));
    for (const { waiting } of windows) waiting.add(wake);
    return {
      wait: async (ms: number, gone: AbortSignal): Promise<void> => {
        gone.addEventListener('abort', wake, { once: true });
        await delay(ms, undefined, { signal: heard.signal }).catch(() => undefined);
        gone.removeEventListener('abort', wake);
      },
      stop: (): void => {
        for (const { waiting } of windows) waiting.delete(wake);
      },
    };
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }
}

/** True if waiting would bring nothing. */
function isFinalAnswer({ trials, missing }: Answered): boolean {
  return trials.length > 0 || missing === 'ended';
}

/** The same request may have been sent twice. */
function distinct(requests: readonly LeaseRequest[]): LeaseRequest[] {
  return [...new Map(requests.map((request) => [request.token, request])).values()];
}
