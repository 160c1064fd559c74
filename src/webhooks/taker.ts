import type { EventFeed } from '../events/ports.ts';
import { type DispatchWorld, type Turn, takePage } from './dispatcher.ts';
import type { DeliveryQueue, Subscription } from './ports.ts';

/** Dependencies of the taker. */
export interface TakerWorld extends DispatchWorld {
  readonly queue: Pick<DeliveryQueue, 'labelsOf' | 'take' | 'subscriptions'>;
  readonly feed: Pick<EventFeed, 'position' | 'subscribe' | 'read'>;
  readonly log: { error(facts: object, text: string): void };
  /** True for an error of an unreachable database. */
  readonly isAway: (error: unknown) => boolean;
}

/** Longest time in ms between two looks at the webhooks: another process may have made one, or may have died with events not taken up. */
const lookEachMs = 1000;
/** Time in ms for which a webhook is left alone after an error, so that it costs little and is logged a few times a minute. */
const restMs = 10_000;

/**
 * Takes up events for all enabled webhooks, a page of each in turn. The feed runs only while there are any, so that a service without
 * webhooks reads no events for them.
 */
export class Taker implements Disposable {
  readonly #world: TakerWorld;
  #endListening: (() => void) | null = null;
  /** Position of the feed at the last look. */
  #seen = -1n;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** The webhooks that failed, with the times until which they are left alone. */
  readonly #resting = new Map<string, number>();

  constructor(world: TakerWorld) {
    this.#world = world;
  }

  /** Makes the next look happen now, also if there are no new events, and at the webhooks that failed too. */
  lookSoon(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.#resting.clear();
  }

  /**
   * Takes up what is new, if anything is: at most one page of each webhook, so that one with a long backlog holds up no other. A webhook
   * that fails is logged with its id and skipped for some seconds; the others are not affected.
   *
   * @returns the deliveries that this made, and whether to look again at once
   * @throws DatabaseUnreachableError while the database is unreachable; the look may be repeated
   */
  async look(): Promise<Turn> {
    const { queue, feed } = this.#world;
    const isNew = this.#endListening !== null && (await feed.position()) > this.#seen;
    if (!isNew && performance.now() - this.#lookedAt < lookEachMs) return { taken: 0, isBehind: false };
    this.#lookedAt = performance.now();
    const { readable, unreadable } = await queue.subscriptions();
    this.#forgetRested();
    this.#listenWhile(readable.length > 0);
    for (const { id, error } of unreadable) if (!this.#isResting(id)) this.#leaveAlone(id, error);
    if (readable.length === 0) return { taken: 0, isBehind: false };
    const position = await feed.position();
    const round = await this.#round(readable.filter((one) => one.position < position && !this.#isResting(one.id)));
    this.#seen = position;
    if (round.isBehind) this.#lookedAt = Number.NEGATIVE_INFINITY;
    return round;
  }

  [Symbol.dispose](): void {
    this.#listenWhile(false);
  }

  #forgetRested(): void {
    for (const [id, until] of this.#resting) if (until <= performance.now()) this.#resting.delete(id);
  }

  async #round(subscriptions: readonly Subscription[]): Promise<Turn> {
    let [taken, isBehind] = [0, false];
    for (const subscription of subscriptions) {
      const turn = await takePage(subscription, this.#world).catch((error: unknown) => this.#afterFault(subscription.id, error));
      taken += turn.taken;
      isBehind ||= turn.isBehind;
    }
    return { taken, isBehind };
  }

  /** A statement that waited too long for one webhook's row looks like an unreachable database: another statement tells them apart. */
  async #afterFault(id: string, error: unknown): Promise<Turn> {
    if (this.#world.isAway(error)) await this.#world.queue.subscriptions();
    this.#leaveAlone(id, error);
    return { taken: 0, isBehind: false };
  }

  #isResting(id: string): boolean {
    return (this.#resting.get(id) ?? Number.NEGATIVE_INFINITY) > performance.now();
  }

  #leaveAlone(id: string, error: unknown): void {
    this.#resting.set(id, performance.now() + restMs);
    this.#world.log.error({ err: error, webhook: id }, 'the events of a webhook could not be taken up and will be retried');
  }

  /** Its position is all that is wanted of the feed: events are read in pages, each with the transaction that takes it up. */
  #listenWhile(isWanted: boolean): void {
    if (isWanted) this.#endListening ??= this.#world.feed.subscribe({ filter: { types: [] }, receive: () => undefined });
    else {
      this.#endListening?.();
      this.#endListening = null;
    }
  }
}
