import { type EventMark, type FeedEvent, matches } from './event.ts';
import type { EventListener } from './ports.ts';

/** The listeners of a feed, found by study: most of them listen to one, and thousands to studies in which nothing happens. */
export class Listeners {
  readonly #ofStudies = new Map<string, Set<EventListener>>();
  readonly #others = new Set<EventListener>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns the function that removes it */
  add(listener: EventListener): () => void {
    const { studyId } = listener.filter;
    const among = studyId === undefined ? this.#others : (this.#ofStudies.get(studyId) ?? new Set());
    if (studyId !== undefined) this.#ofStudies.set(studyId, among);
    among.add(listener);
    this.#size += 1;
    return () => {
      if (!among.delete(listener)) return;
      this.#size -= 1;
      if (studyId !== undefined && among.size === 0 && this.#ofStudies.get(studyId) === among) this.#ofStudies.delete(studyId);
    };
  }

  /** Tells whether any listener wants an event. */
  isWanted(mark: EventMark): boolean {
    return this.#of(mark).some(({ filter }) => matches(filter, mark));
  }

  /** Gives events to those that want them, each listener all of its own at once. */
  receive(events: readonly FeedEvent[], position: bigint): void {
    const wanted = new Map<EventListener, FeedEvent[]>();
    for (const event of events)
      for (const listener of this.#of(event)) {
        if (!matches(listener.filter, event)) continue;
        const own = wanted.get(listener);
        if (own) own.push(event);
        else wanted.set(listener, [event]);
      }
    for (const [listener, own] of wanted) listener.receive(own, position);
  }

  #of({ studyId }: EventMark): EventListener[] {
    return [...this.#others, ...(studyId === null ? [] : (this.#ofStudies.get(studyId) ?? []))];
  }
}
