import type { EventFeed } from '../events/ports.ts';
import { type DispatchWorld, takeUp } from './dispatcher.ts';
import type { DeliveryQueue } from './ports.ts';

/** Dependencies of the taker. */
export interface TakerWorld extends DispatchWorld {
  readonly queue: Pick<DeliveryQueue, 'labelsOf' | 'take' | 'subscriptions'>;
  readonly feed: Pick<EventFeed, 'position' | 'subscribe' | 'read'>;
}

/** Longest time in ms between two looks at the webhooks: another process may have made one, or may have died with events not taken up. */
const lookEachMs = 1000;

/**
 * Takes up events for all enabled webhooks. The feed runs only while there are any, so that a service without webhooks reads no events for
 * them.
 */
export class Taker implements Disposable {
  readonly #world: TakerWorld;
  #endListening: (() => void) | null = null;
  /** Position of the feed at the last look. */
  #seen = -1n;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(world: TakerWorld) {
    this.#world = world;
  }

  /** Makes the next look happen now, also if there are no new events. */
  lookSoon(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  /**
   * Takes up what is new, if anything is.
   *
   * @returns the number of deliveries that this made
   * @throws DatabaseUnreachableError while the database is unreachable; the look may be repeated
   */
  async look(): Promise<number> {
    const { queue, feed } = this.#world;
    const isNew = this.#endListening !== null && (await feed.position()) > this.#seen;
    if (!isNew && performance.now() - this.#lookedAt < lookEachMs) return 0;
    this.#lookedAt = performance.now();
    const subscriptions = await queue.subscriptions();
    this.#listenWhile(subscriptions.length > 0);
    if (subscriptions.length === 0) return 0;
    const position = await feed.position();
    let taken = 0;
    for (const subscription of subscriptions) if (subscription.position < position) taken += await takeUp(subscription, this.#world);
    this.#seen = position;
    return taken;
  }

  [Symbol.dispose](): void {
    this.#listenWhile(false);
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
