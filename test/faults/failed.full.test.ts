import { expect, test } from 'vitest';
import { openFaultWorld } from './fault-world.ts';
import { trialPasses } from './points.ts';
import { expectStudyEndsAlike } from './study-ends-alike.ts';

/** What the failed step held is put back when its lease ends. */
const leaseSeconds = 4;

test.each(trialPasses)('a service in which $point fails goes on, and the study ends with the same export', async (pass) => {
  await using world = await openFaultWorld();
  const id = await world.addStudy();
  await using service = world.startFaulty('serve', { ...pass, action: 'fail' }, { leaseSeconds });
  await service.happened();
  await expectStudyEndsAlike(world, await service.url(), id);
  service.signal('SIGTERM');
  expect(await service.exited, service.output()).toBe(0);
});
