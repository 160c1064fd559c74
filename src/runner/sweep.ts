import { catchUpCampaign } from '../campaigns/life-cycle.ts';
import { advanceStudy } from '../studies/actions/advance.ts';
import type { RunnerSettings, SweepWorld } from './ports.ts';

/**
 * Completes the work that dead processes left: expired leases, studies that were not advanced after their last trial, campaigns
 * without their next parts or whose studies did not follow a pause or a cancel. Also counts the active time of studies, measures what
 * projects store, and deletes what is left of those that are being erased.
 * Any number of processes may sweep at once.
 *
 * @throws DatabaseUnreachableError while the database is unreachable; no other study is tried then
 */
export async function sweep(world: SweepWorld, settings: Pick<RunnerSettings, 'sweepSeconds' | 'leaseSeconds'>): Promise<void> {
  await world.registration.seen();
  await world.sweep.tickWallClock(settings.sweepSeconds * 3);
  await world.queue.expireLeases(settings.leaseSeconds);
  await world.sweep.forgetRequests();
  // A study or campaign that cannot advance must not block the others.
  const leftForNextTime = (facts: object, what: string) => async (error: unknown) => {
    const isAway = world.isAway(error);
    // So ends a statement that waits for one row too long as well: the next statement says whether the database is away.
    if (isAway) await world.registration.seen();
    const level = isAway ? 'warn' : 'error';
    world.log[level]({ err: error, ...facts }, `a ${what} could not be moved on; the next sweep tries again`);
  };
  for (const study of await world.sweep.studiesDue()) {
    await advanceStudy(world.transactions, study).catch(leftForNextTime({ study }, 'study'));
  }
  for (const campaign of await world.sweep.campaignsDue()) {
    await catchUpCampaign(world.transactions, campaign).catch(leftForNextTime({ campaign }, 'campaign'));
  }
  await world.sweep.measureProjects().catch(leftForNextTime({}, 'measurement of projects'));
  await eraseProjects(world).catch(leftForNextTime({}, 'erasure of a project'));
}

/** Time in ms that one sweep spends on erasing projects. The next one goes on. */
const erasingMs = 2000;

async function eraseProjects({ sweep: { eraseSome } }: Pick<SweepWorld, 'sweep'>): Promise<void> {
  const until = performance.now() + erasingMs;
  while ((await eraseSome()) && performance.now() < until);
}
