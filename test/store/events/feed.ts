import { SharedFeed } from '../../../src/events/feed.ts';
import { listen } from '../../../src/shared/telemetry.ts';
import type { DirectDatabase } from '../../../src/store/database/direct.ts';
import { outbox } from '../../../src/store/events/outbox.ts';

/** The feed of a test database, woken by the commits of this process. An error fails the test's process. */
export function testFeed(database: DirectDatabase): SharedFeed {
  return new SharedFeed({
    log: outbox(database),
    wakes: (woken) => listen('committed', woken),
    onFault: (error) => {
      throw error;
    },
  });
}
