import { setTimeout as delay } from 'node:timers/promises';
import { tell } from '../shared/telemetry.ts';
import type { BackOff } from './back-off.ts';
import type { ClaimedDelivery, DeliveryQueue } from './ports.ts';
import type { Answer, Poster } from './post.ts';
import { signatureHeaders } from './signature.ts';
import { verdictOf } from './verdict.ts';

/** Dependencies of sending. */
export interface SenderWorld {
  readonly queue: Pick<DeliveryQueue, 'claim' | 'record' | 'release'>;
  readonly poster: Pick<Poster, 'post'>;
  /** Shown to receivers as `Clavier/<version>`. */
  readonly version: string;
  readonly log: SenderLog;
  /** True for an error of an unreachable database. */
  readonly isAway: (error: unknown) => boolean;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface SenderLog {
  debug(facts: object, text: string): void;
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

export interface SenderSettings {
  readonly backOff: BackOff;
  /** Deliveries that this process sends at a time. */
  readonly atOnce: number;
  /** Longer than an attempt and its record take: after it another process sends the delivery again. */
  readonly leaseSeconds: number;
  /** Wait between two attempts to record a result while the database is away. */
  readonly recordAgainMs: number;
}

/** The consequences of an attempt as metrics name them. */
const outcomes = { delivered: 'delivered', retry: 'retried', failed: 'failed', disable: 'disabled' } as const;

/**
 * Sends the deliveries that are due, several at a time. A delivery is recorded after its answer: a process that dies between the two leaves
 * it to another, which sends it again when the lease ends.
 */
export class Sender {
  readonly #world: SenderWorld;
  readonly #settings: SenderSettings;
  readonly #sending = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #finished: () => void = () => undefined;

  constructor(world: SenderWorld, settings: SenderSettings) {
    this.#world = world;
    this.#settings = settings;
  }

  /** Deliveries that are being sent. */
  get size(): number {
    return this.#sending.size;
  }

  /** Calls a function each time a delivery is done: the next one of its study may be due. */
  onFinished(called: () => void): void {
    this.#finished = called;
  }

  /**
   * Claims what is due and begins to send it.
   *
   * @returns the number of deliveries that it claimed
   * @throws DatabaseUnreachableError while the database is unreachable
   */
  async sendDue(): Promise<number> {
    const free = this.#settings.atOnce - this.#sending.size;
    if (free <= 0 || this.#stop.signal.aborted) return 0;
    const claimed = await this.#world.queue.claim(free, this.#settings.leaseSeconds);
    for (const one of claimed) {
      const sending: Promise<void> = this.#send(one).finally(() => {
        this.#sending.delete(sending);
        this.#finished();
      });
      this.#sending.add(sending);
    }
    return claimed.length;
  }

  /** Abandons the attempts in progress and gives their deliveries back: the receiver may get them again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  async #send(claimed: ClaimedDelivery): Promise<void> {
    const { poster, queue, log, isAway } = this.#world;
    try {
      const answer = await poster.post({ url: claimed.url, body: claimed.body, headers: this.#headersOf(claimed) }, this.#stop.signal);
      if (this.#stop.signal.aborted && !answer.ok) await queue.release([claimed]);
      else await this.#record(claimed, answer);
    } catch (error) {
      const level = isAway(error) ? 'warn' : 'error';
      log[level]({ err: error, webhook: claimed.webhookId }, 'the result of a delivery was not recorded; its message will be sent again');
    }
  }

  #headersOf({ messageId, attemptedAt, body, secrets }: ClaimedDelivery): Record<string, string> {
    const own = { 'content-type': 'application/json', 'user-agent': `Clavier/${this.#world.version}` };
    return { ...own, ...signatureHeaders({ messageId, at: attemptedAt, body, secrets }) };
  }

  async #record(claimed: ClaimedDelivery, answer: Answer): Promise<void> {
    const { backOff } = this.#settings;
    const verdict = verdictOf(claimed, answer, { backOff, random: this.#world.random() });
    const { status, excerpt, error, durationMs } = answer;
    if (!(await this.#patiently(() => this.#world.queue.record(claimed, { status, excerpt, error, durationMs, verdict })))) return;
    tell('webhookAttempt', { outcome: outcomes[verdict.kind], seconds: durationMs / 1000 });
    if (verdict.kind !== 'disable') return;
    this.#world.log.warn({ webhook: claimed.webhookId, reason: verdict.reason }, 'webhook disabled; its events wait until it is enabled');
  }

  /** Repeats a record while the database is away and the lease lasts. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const { leaseSeconds, recordAgainMs } = this.#settings;
    const end = performance.now() + leaseSeconds * 500;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!this.#world.isAway(error) || this.#stop.signal.aborted || performance.now() > end) throw error;
        await delay(recordAgainMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }
}
