import { type EventFilter, type EventMark, type FeedEvent, matches } from './event.ts';
import type { EventPage } from './ports.ts';

/** Bounds of what is kept: events, characters of their data as JSON, and the time in ms. */
interface RecentLimits {
  readonly events: number;
  readonly characters: number;
  readonly ms: number;
}

const usualLimits: RecentLimits = { events: 10_000, characters: 4_194_304, ms: 60_000 };
/** An event with more characters is read from the log each time. */
const largest = 65_536;

interface Entry {
  readonly mark: EventMark;
  readonly keptAt: number;
  /** Null: nobody listened to it, it is large, or its study was deleted. Then a page with it comes from the log. */
  event: FeedEvent | null;
  readonly characters: number;
}

/**
 * The latest events of a feed, for readers that reconnect or are slightly behind. They share the objects of all other readers; an event
 * that somebody listened to costs them no read of the database. Its size has a bound that does not depend on the readers.
 */
export class RecentEvents {
  readonly #limits: RecentLimits;
  #entries: Entry[] = [];
  #characters = 0;
  /** Every event after this number that was passed on is among the entries; null: nothing is kept. */
  #floor: bigint | null = null;

  constructor(limits: Partial<RecentLimits> = {}) {
    this.#limits = { ...usualLimits, ...limits };
  }

  /** Forgets everything, and keeps what is added from a position of the feed on; null: nothing more is added. */
  beginAt(position: bigint | null): void {
    this.#entries = [];
    this.#characters = 0;
    this.#floor = position;
  }

  /** Adds the next marks in order, with the events that were read of them. */
  add(marks: readonly EventMark[], events: readonly FeedEvent[]): void {
    const read = new Map(events.map((event) => [event.sequence, event]));
    const keptAt = performance.now();
    for (const mark of marks) {
      const event = read.get(mark.sequence) ?? null;
      const characters = event === null ? 0 : (JSON.stringify(event.data)?.length ?? 0);
      const isKept = characters <= largest;
      this.#entries.push({ mark, keptAt, event: isKept ? event : null, characters: isKept ? characters : 0 });
      this.#characters += isKept ? characters : 0;
      if (mark.type === 'study-deleted') this.#forgetStudy(mark.studyId);
    }
    this.#trim();
  }

  /** True if all events after a number that were passed on are known here. */
  reaches(after: bigint): boolean {
    this.#trim();
    return this.#floor !== null && after >= this.#floor;
  }

  /** A page as the log has it; null if the log has to be read for it. */
  page(
    { after, through }: { readonly after: bigint; readonly through: bigint },
    filter: EventFilter,
    limit: number,
  ): Omit<EventPage, 'isLast'> | null {
    if (!this.reaches(after)) return null;
    const events: FeedEvent[] = [];
    for (let index = this.#firstAfter(after); index < this.#entries.length; index += 1) {
      const { mark, event } = this.#entries[index] as Entry; // the loop ends at the last
      if (mark.sequence > through) break;
      if (!matches(filter, mark)) continue;
      if (event === null) return null;
      events.push(event);
      if (events.length === limit) return { events, position: mark.sequence };
    }
    return { events, position: through };
  }

  /** Index of the first entry with a higher number. */
  #firstAfter(after: bigint): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.mark.sequence ?? after) > after) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #trim(): void {
    const keptFrom = performance.now() - this.#limits.ms;
    let [dropped, characters] = [0, this.#characters];
    for (const { mark, keptAt, characters: own } of this.#entries) {
      if (keptAt >= keptFrom && this.#entries.length - dropped <= this.#limits.events && characters <= this.#limits.characters) break;
      characters -= own;
      dropped += 1;
      this.#floor = mark.sequence;
    }
    this.#characters = characters;
    if (dropped > 0) this.#entries.splice(0, dropped);
  }

  /** The log of a deleted study is gone, and is not shown from here either. */
  #forgetStudy(studyId: string | null): void {
    for (const entry of this.#entries) if (entry.mark.studyId === studyId && entry.mark.type !== 'study-deleted') entry.event = null;
  }
}
