import { advanceStudy } from '../studies/advance.ts';
import type { RunnerSettings, RunnerWorld } from './ports.ts';

/**
 * Looks after what others left behind: leases that ended, studies whose last trial was settled by somebody who died
 * before moving them on, and the wall clock of studies that have one. Any number of runners may sweep at once.
 */
export async function sweep(world: RunnerWorld, settings: RunnerSettings): Promise<void> {
  await world.registration.seen();
  await world.sweep.tickWallClock(settings.sweepSeconds * 3);
  await world.queue.expireLeases(settings.leaseSeconds);
  for (const studyId of await world.sweep.studiesDue()) {
    // One study that cannot be moved must not hold up the others.
    await advanceStudy(world.transactions, studyId).catch((error: unknown) =>
      world.log.error({ err: error, study: studyId }, 'a study could not be moved on; the next sweep tries again'),
    );
  }
}
