import type { EventFilter, FeedEvent } from '../events/event.ts';
import type { EventFeed } from '../events/ports.ts';
import { hasLabels } from './filter.ts';
import { messageOf, type RepresentEvent } from './message.ts';
import type { DeliveryQueue, Subscription } from './ports.ts';

/** Dependencies of taking up events. */
export interface DispatchWorld {
  readonly queue: Pick<DeliveryQueue, 'labelsOf' | 'take'>;
  readonly feed: Pick<EventFeed, 'read'>;
  readonly represent: RepresentEvent;
}

/** Deliveries of a webhook that wait at a time. While there are so many, later events stay in the outbox. */
export const waitingAtMost = 1000;
/** Events that are taken up in one transaction. */
const eventsAtOnce = 100;

/** The result of one turn of a webhook. */
export interface Turn {
  /** Deliveries that it made. */
  readonly taken: number;
  /** True if there may be more events to take up now: the webhook wants another turn. */
  readonly isBehind: boolean;
}

const done: Turn = { taken: 0, isBehind: false };

/**
 * Turns the next page of events of a webhook into deliveries, unless enough wait. The page is one transaction with the webhook's position,
 * so that an event becomes one delivery, also if two processes take it up: the second makes none, and leaves the rest to the first.
 *
 * @throws DatabaseUnreachableError while the database is unreachable
 */
export async function takePage(subscription: Subscription, world: DispatchWorld): Promise<Turn> {
  const { id, position, waiting } = subscription;
  if (waiting >= waitingAtMost) return done;
  const page = await world.feed.read(position, eventFilterOf(subscription), eventsAtOnce);
  if (page.position === position) return done;
  const wanted = await withLabels(page.events, subscription, world.queue);
  const messages = wanted.map((event) => messageOf(event, id, world.represent));
  if (!(await world.queue.take({ id, position }, page.position, messages))) return done;
  return { taken: messages.length, isBehind: !page.isLast && waiting + messages.length < waitingAtMost };
}

function eventFilterOf({ project, types, studyId }: Subscription): EventFilter {
  return { project, ...(types !== null && { types }), ...(studyId !== null && { studyId }) };
}

async function withLabels(
  events: readonly FeedEvent[],
  { labels }: Subscription,
  queue: Pick<DeliveryQueue, 'labelsOf'>,
): Promise<readonly FeedEvent[]> {
  if (Object.keys(labels).length === 0 || events.length === 0) return events;
  const studyIds = new Set(events.flatMap(({ studyId }) => studyId ?? []));
  const known = await queue.labelsOf([...studyIds]);
  return events.filter(({ studyId }) => studyId !== null && hasLabels(labels, known.get(studyId)));
}
