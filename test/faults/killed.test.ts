import { describe, expect, test } from 'vitest';
import type { StudyRepresentation } from '../../src/api/study.ts';
import { createClient } from '../../src/client/client.ts';
import { storedStudyIds } from '../store/inspect.ts';
import { eventually } from '../support/eventually.ts';
import { completed, exportText, type ServiceProcess } from '../system/service-process.ts';
import { completedCampaign } from './completed-campaign.ts';
import { type FaultWorld, openFaultWorld } from './fault-world.ts';
import { campaignPasses, type Pass, releasePasses, requestPasses, trialPasses } from './points.ts';
import { expectNothingLost, expectVerified } from './soundness.ts';
import { study } from './studies.ts';
import { expectStudyEndsAlike } from './study-ends-alike.ts';
import { undisturbed } from './undisturbed.ts';

/**
 * Starts a service that is killed at a pass, and waits for its end.
 *
 * @param bringThere what makes it pass there, where its own work does not
 */
async function killService(world: FaultWorld, pass: Pass, bringThere?: (service: ServiceProcess) => Promise<unknown>): Promise<void> {
  await using service = world.startFaulty('serve', { ...pass, action: 'kill' });
  await bringThere?.(service);
  await service.happened();
  expect(await service.exited, service.output()).toBeNull();
}

/** Sends a request whose answer will never come. */
async function ask(service: ServiceProcess, path: string, body?: object): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) };
  await expect(fetch(`${await service.url()}${path}`, init)).rejects.toThrow('fetch failed');
}

async function importStudy(url: string, body: object): Promise<string> {
  const response = await fetch(`${url}/v1/studies/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return ((await response.json()) as StudyRepresentation).id; // the contract tests hold the answers against the document
}

describe('a study ends with the same export, proven and with nothing lost, where its service is killed', () => {
  test.each(trialPasses)('at $point', async (pass) => {
    await using world = await openFaultWorld();
    const id = await world.addStudy();
    await killService(world, pass);
    await using service = world.start('serve');
    await expectStudyEndsAlike(world, await service.url(), id);
  });

  test.each(releasePasses)('at $point, while it stops in order', async (pass) => {
    await using world = await openFaultWorld();
    await world.hold();
    const id = await world.addStudy();
    await killService(world, pass, async (service) => {
      await eventually(async () => (await world.trainerLog()).includes('"train":'), { until: 'a trial is being trained' });
      service.signal('SIGTERM');
      await eventually(async () => (await world.trainerLog()).includes('"stop":"drain"'), { until: 'its trainer is told to stop' });
      await world.release();
    });
    await using service = world.start('serve');
    await expectStudyEndsAlike(world, await service.url(), id);
  });

  test.each(requestPasses.move)('at $point, by a pause', async (pass) => {
    await using world = await openFaultWorld();
    await world.hold();
    const id = await world.addStudy();
    await killService(world, pass, (service) => ask(service, `/v1/studies/${id}/pause`));
    expect((await world.store.reader.study(id))?.state).toBe(pass.point === 'move.before' ? 'active' : 'paused');
    await world.release();
    await using service = world.start('serve');
    const url = await service.url();
    await createClient({ baseUrl: url }).resume(id);
    await expectStudyEndsAlike(world, url, id);
  });

  test.each(requestPasses.create)('at $point: it is there or not, and in no way halfway', async (pass) => {
    await using world = await openFaultWorld();
    await killService(world, pass, (service) => ask(service, '/v1/studies', study));
    const ids = await storedStudyIds(world.store);
    expect(ids).toHaveLength(pass.point === 'create.before' ? 0 : 1);
    await using service = world.start('serve');
    const url = await service.url();
    const id = ids[0] ?? (await createClient({ baseUrl: url }).createStudy(study)).id;
    await expectStudyEndsAlike(world, url, id);
  });
});

test.each(requestPasses.import)(
  'an import whose service is killed at $point is whole or not there, and ends with the trials of its document',
  async (pass) => {
    await using world = await openFaultWorld();
    const document: { trials: unknown[] } = JSON.parse((await undisturbed()).study);
    const body = { document, fork: { generation: 0 } };
    await killService(world, pass, (service) => ask(service, '/v1/studies/import', body));
    const ids = await storedStudyIds(world.store);
    expect(ids).toHaveLength(pass.point === 'import.before' ? 0 : 1);
    await using service = world.start('serve');
    const url = await service.url();
    const id = ids[0] ?? (await importStudy(url, body));
    await completed(url, id, 60);
    expect(JSON.parse(await exportText(url, id)).trials).toEqual(document.trials);
    await expectVerified(url, 'studies', id);
    await expectNothingLost(world.store);
  },
);

test.each(campaignPasses)('a campaign ends with the same export where its service is killed at $point, pass $hit', async (pass) => {
  await using world = await openFaultWorld();
  const id = await world.addCampaign();
  await killService(world, pass);
  await using service = world.start('serve');
  const url = await service.url();
  const client = createClient({ baseUrl: url });
  await completedCampaign(client, id);
  expect(await client.exportCampaign(id)).toBe((await undisturbed()).campaign);
  await expectVerified(url, 'campaigns', id);
  await expectNothingLost(world.store);
});
