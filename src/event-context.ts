import type { Building } from './building.ts';
import { SharedFeed } from './events/feed.ts';
import type { EventFeed } from './events/ports.ts';
import { isDatabaseUnreachable } from './shared/database-unreachable.ts';
import type { DatabaseAddress } from './store/database/address.ts';
import { openDirectDatabase, type PoolCounts } from './store/database/database.ts';
import { outbox } from './store/events/outbox.ts';
import { sweepEvents } from './store/events/sweep.ts';
import { eventWakes } from './store/events/wakes.ts';

/** Connections for pages of events: requests must not wait for the reads of a thousand streams. The feed has one more, and one to hear notifications. */
const eventConnections = 3;

/** The feed of this process, which also tells other processes of the commits of this one. */
export function openFeed({ config, log, opened }: Building, address: DatabaseAddress, onPool: (counts: PoolCounts) => void): EventFeed {
  const events = openDirectDatabase({ address, onPool, connections: eventConnections });
  const tail = openDirectDatabase({ address, connections: 1 });
  const { wakes, ...telling } = eventWakes(tail, address);
  const feed = new SharedFeed({
    log: outbox(events, tail),
    wakes,
    onFault: (error) => {
      const level = isDatabaseUnreachable(error) ? 'warn' : 'error';
      log[level]({ err: error }, 'events could not be read; the feed tries again every second');
    },
  });
  const sweep = sweepEvents(events, {
    days: config.eventDays,
    onFault: (error) => log.warn({ err: error }, 'old events could not be deleted; tried again later'),
  });
  opened.push(events, tail, telling, sweep, feed);
  return feed;
}
