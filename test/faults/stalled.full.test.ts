import { expect, test } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import { openFaultWorld } from './fault-world.ts';
import { trialPasses } from './points.ts';
import { expectNothingLost, expectVerified } from './soundness.ts';
import { expectStudyEndsAlike } from './study-ends-alike.ts';
import { undisturbed } from './undisturbed.ts';

/** As long as others wait for one that hangs. */
const leaseSeconds = 4;

test.each(trialPasses)('a runner that hangs at $point is replaced; when it goes on, late, it changes nothing', async (pass) => {
  await using world = await openFaultWorld();
  const id = await world.addStudy();
  await using late = world.startFaulty('runner', { ...pass, action: 'stall' }, { leaseSeconds });
  await late.happened();
  await using service = world.start('serve', { leaseSeconds });
  const url = await service.url();
  await expectStudyEndsAlike(world, url, id);
  late.signal('SIGCONT');
  late.signal('SIGTERM');
  expect(await late.exited, late.output()).toBe(0);
  expect(await createClient({ baseUrl: url }).exportStudy(id)).toBe((await undisturbed()).study);
  await expectVerified(url, 'studies', id);
  await expectNothingLost(world.store);
});
