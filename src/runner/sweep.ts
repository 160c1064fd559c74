import { advanceStudy } from '../studies/advance.ts';
import { catchUpCampaign } from '../studies/campaign/life-cycle.ts';
import type { RunnerSettings, RunnerWorld } from './ports.ts';

/**
 * Looks after what others left behind: leases that ended, studies whose last trial was settled by somebody who died
 * before moving them on, campaigns whose next parts or whose studies' moves died likewise, and the wall clock of studies
 * that have one. Any number of runners may sweep at once.
 */
export async function sweep(
  world: Omit<RunnerWorld, 'artifacts'>,
  settings: Pick<RunnerSettings, 'sweepSeconds' | 'leaseSeconds'>,
): Promise<void> {
  await world.registration.seen();
  await world.sweep.tickWallClock(settings.sweepSeconds * 3);
  await world.queue.expireLeases(settings.leaseSeconds);
  for (const studyId of await world.sweep.studiesDue()) {
    // One study or campaign that cannot be moved must not hold up the others.
    await advanceStudy(world.transactions, studyId).catch((error: unknown) =>
      world.log.error({ err: error, study: studyId }, 'a study could not be moved on; the next sweep tries again'),
    );
  }
  for (const campaignId of await world.sweep.campaignsDue()) {
    await catchUpCampaign(world.transactions, campaignId).catch((error: unknown) =>
      world.log.error({ err: error, campaign: campaignId }, 'a campaign could not be moved on; the next sweep tries again'),
    );
  }
}
