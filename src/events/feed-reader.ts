import type { EventFilter, FeedEvent } from './event.ts';
import type { EventFeed } from './ports.ts';
import { Wake } from './wake.ts';

/** Events that are kept for a reader that is slower than the feed. Of more none is kept, and they are read again. */
const mostKept = 200;
/** Events of one read. */
const pageSize = 200;

/**
 * One reader of the feed, and its place there: returns each event after a number once, in order, at the reader's own pace. A reader that keeps up gets
 * them as they come; one that does not reads them from the log until it has caught up, so that it costs no memory. Disposing it ends it.
 */
export class FeedReader implements Disposable {
  readonly #feed: EventFeed;
  readonly #filter: EventFilter;
  readonly #wake = new Wake();
  #position: bigint;
  /** Events that came since the last read of the log began; null while they are not kept. */
  #kept: FeedEvent[] | null = null;
  /** True while the log has nothing that is not kept. */
  #isLive = false;
  #unsubscribe: (() => void) | null = null;

  /** @param after the number of the last event that the reader has */
  constructor(feed: EventFeed, filter: EventFilter, after: bigint) {
    this.#feed = feed;
    this.#filter = filter;
    this.#position = after;
  }

  /** The reader has every event up to this number. */
  get position(): bigint {
    return this.#position;
  }

  /**
   * Returns the next events; none after `waitMs` without any, after `stop`, or if a read of the log found none.
   *
   * @throws DatabaseUnreachableError while the database is unreachable; the call may be repeated
   */
  async next(waitMs: number): Promise<readonly FeedEvent[]> {
    if (!this.#isLive || this.#kept === null) return this.#readOn();
    if (this.#kept.length === 0) await this.#wake.sleep(waitMs);
    const events = this.#kept.splice(0).filter(({ sequence }) => sequence > this.#position);
    this.#position = events.at(-1)?.sequence ?? this.#position;
    if (events.length === 0) await this.#follow();
    return events;
  }

  /** Ends the wait of `next`. */
  stop(): void {
    this.#wake.now();
  }

  [Symbol.dispose](): void {
    this.#unsubscribe?.();
    this.stop();
  }

  /** Reads a page of the log. What comes from the moment on at which the read begins is kept, so that nothing lies between. */
  async #readOn(): Promise<readonly FeedEvent[]> {
    this.#unsubscribe ??= this.#feed.subscribe({ filter: this.#filter, receive: (events) => this.#receive(events) });
    this.#isLive = false;
    this.#kept = [];
    const { events, position, isLast } = await this.#feed.read(this.#position, this.#filter, pageSize);
    this.#position = position;
    if (isLast) this.#isLive = true;
    else this.#kept = null;
    return events;
  }

  /** Nothing came: there is nothing for this reader up to the position of the feed. */
  async #follow(): Promise<void> {
    const position = await this.#feed.position();
    if (this.#kept?.length === 0 && position > this.#position) this.#position = position;
  }

  #receive(events: readonly FeedEvent[]): void {
    if (this.#kept === null) return;
    this.#kept.push(...events);
    if (this.#kept.length > mostKept) this.#kept = null;
    this.#wake.now();
  }
}
