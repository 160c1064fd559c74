import { expect } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import { completed } from '../system/service-process.ts';
import type { FaultWorld } from './fault-world.ts';
import { expectNothingLost, expectVerified } from './soundness.ts';
import { undisturbed } from './undisturbed.ts';

/** Waits for the end of the study on a service, and checks that it equals the undisturbed one, is verified, and had no other cost than the fault's. */
export async function expectStudyEndsAlike({ store }: FaultWorld, url: string, id: string): Promise<void> {
  await completed(url, id, 60);
  expect(await createClient({ baseUrl: url }).exportStudy(id)).toBe((await undisturbed()).study);
  await expectVerified(url, 'studies', id);
  await expectNothingLost(store);
}
