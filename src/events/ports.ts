import type { AgedMark, EventFilter, FeedEvent } from './event.ts';

/** Some events in order, and the number up to which no event that the filter lets through is missing among them. */
export interface EventPage {
  readonly events: readonly FeedEvent[];
  /** To read on, pass it as `after`. */
  readonly position: bigint;
  /** True if that was all up to the position of the feed. */
  readonly isLast: boolean;
}

/** A listener to the feed. */
export interface EventListener {
  readonly filter: EventFilter;
  /**
   * Called with the next events that the filter lets through, in order, never empty; each event once. Must not throw.
   *
   * @param position the position of the feed after them
   */
  readonly receive: (events: readonly FeedEvent[], position: bigint) => void;
}

/**
 * The events of all studies and campaigns in the order of their numbers, without loss: an event whose transaction commits late is passed
 * on late, and no event with a higher number before it. Events of one study are in the order in which its transactions committed.
 */
export interface EventFeed {
  /**
   * Returns the number up to which every event is known here: none with a lower one appears later. It grows while somebody listens.
   *
   * @throws DatabaseUnreachableError while the database is unreachable and no position is known
   */
  position(): Promise<bigint>;
  /** Passes on the events after the present position, until the returned function is called. While the database is away nothing comes. */
  subscribe(listener: EventListener): () => void;
  /**
   * Reads events after a number, up to the position of the feed.
   *
   * @param limit most events of the page, from 1; a page of a rare type may have none and not be the last
   * @throws DatabaseUnreachableError while the database is unreachable
   */
  read(after: bigint, filter: EventFilter, limit: number): Promise<EventPage>;
  /**
   * Tells whether the events after a number are complete: false if some were deleted because of their age, or if the number is none of
   * this database.
   *
   * @throws DatabaseUnreachableError while the database is unreachable
   */
  isComplete(after: bigint): Promise<boolean>;
}

/**
 * The events as they are stored, which the feed reads.
 *
 * @throws DatabaseUnreachableError while the database is unreachable
 */
export interface EventLog {
  /** The highest numbers of all: of an event that was deleted because of its age, and of those that were drawn. 0: there was none. */
  bounds(): Promise<{ readonly deletedThrough: bigint; readonly latest: bigint }>;
  /** Committed events after a number in ascending order. There may be uncommitted ones between them. */
  marks(after: bigint, limit: number): Promise<AgedMark[]>;
  /** The open transactions that have written events: those that have drawn a number which is not visible yet are among them. */
  writers(): Promise<ReadonlySet<string>>;
  /** The events of these numbers in ascending order; those of the log of a deleted study are gone. */
  events(sequences: readonly bigint[]): Promise<FeedEvent[]>;
  /** Events after a number and up to another that a filter lets through, in ascending order, and the number up to which it looked. */
  page(range: { readonly after: bigint; readonly through: bigint }, filter: EventFilter, limit: number): Promise<Omit<EventPage, 'isLast'>>;
}
