import { inBatches } from '../../shared/batches.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Transactions } from '../ports/transactions.ts';
import type { AskStore, HandedTrial, LeaseRequest } from '../ports/workers.ts';
import { advanceStudy } from './advance.ts';
import { type Asked, askTrials, checkAskable, type NoTrial } from './ask.ts';
import { listenTo, type Wakeable } from './news.ts';

/** Largest number of trials that one step gives out; a single request may ask for more. */
const mostAtOnce = 200;
/** Time in ms after a result in which a request for a trial, which observes it too, is expected. */
const observeAfterMs = 25;
/** Time in ms after which requests that wait look again: another process may have changed the study. */
const lookAgainMs = 1000;

/** Trials for one request, or the reason for which there is none. */
export interface Answered {
  readonly trials: readonly HandedTrial[];
  readonly missing: NoTrial | null;
}

/** A request that may wait for a trial. */
export interface WaitingRequest {
  /** Studies to look at, in this order. `named`: the client names them, and is told when the last of them has ended. */
  readonly studies: { readonly named: readonly string[] } | 'all';
  readonly requests: readonly LeaseRequest[];
  /** Longest time to wait, in ms. */
  readonly ms: number;
  /** Called if the request has to wait: a signal that is aborted when its client has gone. */
  readonly whenGone: () => AbortSignal;
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

/** One study at the desk, as long as anybody needs it there. */
interface Window extends Wakeable {
  readonly serve: (requests: readonly LeaseRequest[]) => Promise<Answered>;
  /** Requests that are being served or wait. */
  users: number;
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
    return this.#at(studyId, ({ serve }) => serve(requests));
  }

  /**
   * Asks, and asks again until there is a trial, every named study has ended, the time is over or the client has gone.
   *
   * @throws as `askTrials` if a named study is none to ask; no trial is given out then
   */
  async askWaiting({ studies, requests, ms, whenGone }: WaitingRequest): Promise<Answered> {
    const until = performance.now() + ms;
    const isOver = ({ trials, missing }: Answered): boolean => trials.length > 0 || missing === 'ended';
    if (studies !== 'all' && studies.named.length > 1) await checkAskable(this.#tools.asking, studies.named);
    const idsNow = async () => (studies === 'all' ? this.#tools.asking.activeStudies() : studies.named);
    const askNow = async (ids: readonly string[]): Promise<Answered> => {
      const answer = await this.#askEach(ids, requests, { skipsUnknown: studies === 'all' });
      // Other studies may come.
      return studies === 'all' && answer.missing === 'ended' ? { ...answer, missing: null } : answer;
    };
    const first = await askNow(await idsNow());
    if (ms <= 0 || isOver(first)) return first;
    const gone = whenGone();
    for (let answer = first; ; ) {
      // A trial given to a client that has gone would be lost until its lease ends.
      if (gone.aborted) return answer;
      const ids = await idsNow();
      const windows = ids.map((studyId) => this.#enter(studyId));
      const news = listenTo(windows);
      try {
        answer = await askNow(ids);
        const left = until - performance.now();
        if (isOver(answer) || left <= 0 || this.#ended.signal.aborted) return answer;
        await news.wait(Math.min(left, lookAgainMs), gone);
      } finally {
        news.stop();
        for (const [index, studyId] of ids.entries()) this.#leave(studyId, windows[index]);
      }
    }
  }

  /** Reports that a trial of a study was settled or returned: its search may go on. */
  settled(studyId: string): void {
    if (this.#ended.signal.aborted) return;
    const window = this.#enter(studyId);
    for (const wake of window.waiting) wake();
    window.observing ??= setTimeout(() => {
      window.observing = null;
      this.#track(
        this.ask(studyId, []).then(
          () => undefined,
          (error: unknown) => this.#tools.onFault(error, studyId),
        ),
      );
    }, observeAfterMs);
    this.#leave(studyId, window);
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

  async #askEach(
    studyIds: readonly string[],
    requests: readonly LeaseRequest[],
    { skipsUnknown }: { readonly skipsUnknown: boolean },
  ): Promise<Answered> {
    const trials: HandedTrial[] = [];
    let missing: NoTrial | null = null;
    for (const studyId of studyIds) {
      try {
        const answer = await this.ask(studyId, unserved(requests, trials));
        trials.push(...answer.trials);
        if (missing === null || missing === 'ended') missing = answer.missing;
      } catch (error) {
        // Trials that are given out must reach their worker.
        if (trials.length === 0 && !(skipsUnknown && error instanceof DomainError)) throw error;
      }
      if (trials.length >= requests.length) return { trials, missing: null };
    }
    return { trials, missing };
  }

  async #at<T>(studyId: string, work: (window: Window) => Promise<T>): Promise<T> {
    const window = this.#enter(studyId);
    try {
      return await work(window);
    } finally {
      this.#leave(studyId, window);
    }
  }

  #enter(studyId: string): Window {
    const window = this.#windows.get(studyId) ?? this.#newWindow(studyId);
    window.users += 1;
    return window;
  }

  #leave(studyId: string, window: Window | undefined): void {
    if (!window) return;
    window.users -= 1;
    if (window.users === 0 && window.observing === null) this.#windows.delete(studyId);
  }

  #newWindow(studyId: string): Window {
    const serve = inBatches((asks: readonly (readonly LeaseRequest[])[]) => this.#serve(studyId, asks), {
      most: mostAtOnce,
      sizeOf: ({ length }) => Math.max(1, length),
    });
    const window: Window = { serve, waiting: new Set(), users: 0, observing: null };
    this.#windows.set(studyId, window);
    return window;
  }

  /** Serves the requests of several workers together; the first ones get the trials. */
  async #serve(studyId: string, asks: readonly (readonly LeaseRequest[])[]): Promise<Answered[]> {
    const window = this.#windows.get(studyId);
    if (window && window.observing !== null) clearTimeout(window.observing);
    if (window) window.observing = null;
    const { trials, missing } = await this.#askUntilDone(studyId, distinct(asks.flat()));
    const byToken = new Map(trials.map((trial) => [trial.token, trial]));
    return asks.map((requests) => {
      const own = requests.flatMap(({ token }) => byToken.get(token) ?? []);
      return { trials: own, missing: own.length > 0 || requests.length === 0 ? null : missing };
    });
  }

  async #askUntilDone(studyId: string, requests: readonly LeaseRequest[]): Promise<Answered> {
    const trials: HandedTrial[] = [];
    for (;;) {
      const asked = await this.#askOnce(studyId, unserved(requests, trials)).catch((error: unknown): Asked => {
        // Trials that are given out must reach their workers.
        if (trials.length === 0) throw error;
        this.#tools.onFault(error, studyId);
        return { trials: [], missing: 'suggestion', left: null };
      });
      trials.push(...asked.trials);
      const isDone = asked.left === null || asked.left === 'suggest' || (asked.left === 'again' && asked.missing === null);
      if (isDone) return { trials, missing: asked.missing };
    }
  }

  async #askOnce(studyId: string, requests: readonly LeaseRequest[]): Promise<Asked> {
    const asked = await askTrials(this.#tools.asking, studyId, requests);
    if (asked.left === 'suggest') this.#tools.suggestionsDue(studyId);
    if (asked.left === 'end') await advanceStudy(this.#tools.transactions, studyId, requests.length);
    return asked;
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }
}

/** The requests that got no trial. */
function unserved(requests: readonly LeaseRequest[], trials: readonly HandedTrial[]): readonly LeaseRequest[] {
  if (trials.length === 0) return requests;
  const served = new Set(trials.map(({ token }) => token));
  return requests.filter(({ token }) => !served.has(token));
}

/** The same request may have been sent twice. */
function distinct(requests: readonly LeaseRequest[]): LeaseRequest[] {
  return [...new Map(requests.map((request) => [request.token, request])).values()];
}
