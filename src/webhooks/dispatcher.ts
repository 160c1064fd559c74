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

/**
 * Turns the next events of a webhook into deliveries, until none is left or enough wait. Each page is one transaction with the webhook's
 * position, so that an event becomes one delivery, also if two processes take it up.
 *
 * @returns the number of deliveries
 * @throws DatabaseUnreachableError while the database is unreachable
 */
export async function takeUp(subscription: Subscription, world: DispatchWorld): Promise<number> {
  let { position, waiting } = subscription;
  for (;;) {
    if (waiting >= waitingAtMost) return waiting - subscription.waiting;
    const page = await world.feed.read(position, eventFilterOf(subscription), eventsAtOnce);
    if (page.position === position) return waiting - subscription.waiting;
    const wanted = await withLabels(page.events, subscription, world.queue);
    const messages = wanted.map((event) => messageOf(event, subscription.id, world.represent));
    if (!(await world.queue.take({ id: subscription.id, position }, page.position, messages))) return waiting - subscription.waiting;
    waiting += messages.length;
    position = page.position;
    if (page.isLast) return waiting - subscription.waiting;
  }
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
