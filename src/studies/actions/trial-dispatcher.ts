import { inBatches } from '../../shared/batches.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Transactions } from '../ports/transactions.ts';
import type { AskStore, HandedTrial, LeaseRequest } from '../ports/workers.ts';
import { advanceStudy } from './advance.ts';
import { type Asked, askTrials, checkAskable, type NoTrial } from './ask.ts';
import { listenTo, type Wakeable } from './news.ts';

/** Largest number of trials that one step gives out; a single request may ask for more. */
const mostAtOnce = 200;
/** Time in ms from a result until it is observed here. Most workers ask for another trial before that, and their request observes it. */
const observeAfterMs = 25;
/** Default of `lookAgainMs`. */
const everySecond = 1000;

/** Trials for one request, or the reason for which there is none. */
export interface Answered {
  readonly trials: readonly HandedTrial[];
  readonly missing: NoTrial | null;
}

/** A request that may wait for a trial. */
export interface WaitingRequest {
  /**
   * Studies to look at. `named`: these, in this order; the client names them, and the answer tells it when the last of them has ended.
   * `allOf`: the active ones of a project.
   */
  readonly studies: { readonly named: readonly string[] } | { readonly allOf: string };
  readonly requests: readonly LeaseRequest[];
  /** Longest time to wait, in ms. */
  readonly ms: number;
  /** Called if the request has to wait. Returns a signal that is aborted when the client has gone. */
  readonly whenGone: () => AbortSignal;
}

/** Dependencies of the dispatcher. */
export interface DispatcherTools {
  readonly asking: AskStore;
  readonly transactions: Transactions;
  /** Called with a study that waits for a suggestion of a slow sampler. @param demand see `BackgroundPlanning.due` */
  readonly suggestionsDue: (studyId: string, demand: number) => void;
  /** Time in ms after which requests that wait look again: another process may have changed the study. Default: 1000. */
  readonly lookAgainMs?: number;
  /** Called if a study could not be advanced after a result; the next request or sweep tries again. */
  readonly onFault: (error: unknown, studyId: string) => void;
}

/** A study that workers ask for. It is kept while a request uses it or a result waits to be observed. */
interface ServedStudy extends Wakeable {
  /** Serves the requests of one worker, together with those of others that arrive at the same time. */
  readonly serve: (requests: readonly LeaseRequest[]) => Promise<Answered>;
  /** Number of requests that are being served or wait. */
  users: number;
  /** The step that will observe the results since the last one; null if there are none. */
  observing: NodeJS.Timeout | null;
}

/**
 * Gives out trials to the workers that ask this process. Requests for one study that arrive together are served by one step of the search;
 * results are observed by the next request, or shortly after if none comes. Requests that find nothing may wait: they look again
 * when a result arrives here, when a slow sampler's suggestion was made here, and every second.
 */
export class TrialDispatcher implements AsyncDisposable {
  readonly #tools: DispatcherTools;
  readonly #studies = new Map<string, ServedStudy>();
  readonly #ended = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(tools: DispatcherTools) {
    this.#tools = tools;
  }

  /** @throws as `askTrials` */
  ask(studyId: string, requests: readonly LeaseRequest[]): Promise<Answered> {
    return this.#using(studyId, ({ serve }) => serve(requests));
  }

  /**
   * Asks, and asks again until there is a trial, every named study has ended, the time is over or the client has gone.
   *
   * @throws as `askTrials` if trials of a named study cannot be asked for; no trial is given out then
   */
  async askWaiting({ studies, requests, ms, whenGone }: WaitingRequest): Promise<Answered> {
    const until = performance.now() + ms;
    const isOver = ({ trials, missing }: Answered): boolean => trials.length > 0 || missing === 'ended';
    const named = 'named' in studies ? studies.named : null;
    if (named && named.length > 1) await checkAskable(this.#tools.asking, named);
    const idsNow = async () => ('named' in studies ? studies.named : this.#tools.asking.activeStudies(studies.allOf));
    const askNow = async (ids: readonly string[]): Promise<Answered> => {
      const answer = await this.#askEach(ids, requests, { skipsUnknown: named === null });
      // A study may be created while the request waits.
      return named === null && answer.missing === 'ended' ? { ...answer, missing: null } : answer;
    };
    const first = await askNow(await idsNow());
    if (ms <= 0 || isOver(first)) return first;
    const gone = whenGone();
    for (let answer = first; ; ) {
      // Nobody would evaluate a trial that is given to a client that has gone, until its lease ends.
      if (gone.aborted) return answer;
      const ids = await idsNow();
      const asked = ids.map((studyId) => this.#acquire(studyId));
      const news = listenTo(asked);
      try {
        answer = await askNow(ids);
        const left = until - performance.now();
        if (isOver(answer) || left <= 0 || this.#ended.signal.aborted) return answer;
        await news.wait(Math.min(left, this.#tools.lookAgainMs ?? everySecond), gone);
      } finally {
        news.stop();
        for (const [index, studyId] of ids.entries()) this.#release(studyId, asked[index]);
      }
    }
  }

  /** Reports that a trial of a study was settled or returned: its search may go on. */
  settled(studyId: string): void {
    if (this.#ended.signal.aborted) return;
    const study = this.#acquire(studyId);
    for (const wake of study.waiting) wake();
    study.observing ??= setTimeout(() => {
      study.observing = null;
      this.#track(
        this.ask(studyId, []).then(
          () => undefined,
          (error: unknown) => this.#tools.onFault(error, studyId),
        ),
      );
    }, observeAfterMs);
    this.#release(studyId, study);
  }

  /** Reports that suggestions of a slow sampler were stored: requests that wait look again. */
  planned(studyId: string): void {
    for (const wake of this.#studies.get(studyId)?.waiting ?? []) wake();
  }

  /** Ends all waits, for a graceful stop. */
  endWaits(): void {
    this.#ended.abort();
    for (const { waiting } of this.#studies.values()) for (const wake of waiting) wake();
  }

  /** Ends all waits, and resolves when no result is being observed. Those that are not yet are observed by the next request or sweep. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.endWaits();
    for (const { observing } of this.#studies.values()) if (observing !== null) clearTimeout(observing);
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

  async #using<T>(studyId: string, work: (study: ServedStudy) => Promise<T>): Promise<T> {
    const study = this.#acquire(studyId);
    try {
      return await work(study);
    } finally {
      this.#release(studyId, study);
    }
  }

  #acquire(studyId: string): ServedStudy {
    const study = this.#studies.get(studyId) ?? this.#newStudy(studyId);
    study.users += 1;
    return study;
  }

  #release(studyId: string, study: ServedStudy | undefined): void {
    if (!study) return;
    study.users -= 1;
    if (study.users === 0 && study.observing === null) this.#studies.delete(studyId);
  }

  #newStudy(studyId: string): ServedStudy {
    const serve = inBatches((asks: readonly (readonly LeaseRequest[])[]) => this.#serve(studyId, asks), {
      most: mostAtOnce,
      sizeOf: ({ length }) => Math.max(1, length),
    });
    const study: ServedStudy = { serve, waiting: new Set(), users: 0, observing: null };
    this.#studies.set(studyId, study);
    return study;
  }

  /** Serves the requests of several workers together; the first ones get the trials. */
  async #serve(studyId: string, asks: readonly (readonly LeaseRequest[])[]): Promise<Answered[]> {
    const study = this.#studies.get(studyId);
    if (study && study.observing !== null) clearTimeout(study.observing);
    if (study) study.observing = null;
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
    if (asked.left === 'suggest') this.#tools.suggestionsDue(studyId, requests.length - asked.trials.length);
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
