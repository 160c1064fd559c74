import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geneticStudy, smallCampaign } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';
import { workerClient } from './worker-client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const { create, ask, one, tell, complete, expire } = workerClient(() => service);

/** Events of a study as the feed tells them. */
async function eventsOf(
  query: string,
): Promise<{ type: string; number: number | null; data: Record<string, unknown>; [member: string]: unknown }[]> {
  return (await service.get(`/v1/events?limit=200&${query}`)).json().items;
}
const activity = async (studyId: string) =>
  (await eventsOf(`study=${studyId}`))
    .filter(({ type }) => type.startsWith('trial-'))
    .map(({ type, number, data }) => [type, number, data]);

describe('the trials of a worker', () => {
  it('are heard when they start, report, return and have their result; heartbeats are not', async () => {
    const study = await create();
    const first = await one(study);
    await tell(first, 'heartbeat');
    await tell(first, 'reports', {
      reports: [
        { step: 1, values: { accuracy: 0.25 } },
        { step: 2, values: { accuracy: 0.5 } },
      ],
    });
    await tell(first, 'reports', { reports: [{ step: 2, values: { accuracy: 0.5 } }] });
    await complete(first, 0.75);
    expect(await activity(study)).toEqual([
      ['trial-started', 0, { attempt: 1, worker: 'test' }],
      ['trial-reported', 0, { attempt: 1, step: 1, values: { accuracy: 0.25 } }],
      ['trial-reported', 0, { attempt: 1, step: 2, values: { accuracy: 0.5 } }],
      ['trial-completed', 0, { attempt: 1, value: 0.75, values: { accuracy: 0.75 }, steps: 2, error: null }],
    ]);
  });

  it('say why an attempt ended without a result: returned, failed, or lost with its lease to the next worker', async () => {
    const study = await create({ retries: { maxAttempts: 3 } });
    await tell(await one(study), 'release');
    await tell(await one(study), 'fail', { error: 'out of memory', retry: true });
    await expire(await one(study));
    const [last] = await ask(study);
    await tell(last as NonNullable<typeof last>, 'fail', { error: 'broken', retry: false });
    const released = (await activity(study)).filter(([type]) => type !== 'trial-started');
    expect(released).toEqual([
      ['trial-released', 0, { attempt: 1, why: 'returned', error: null }],
      ['trial-released', 0, { attempt: 2, why: 'failed', error: 'worker-failed' }],
      ['trial-released', 0, { attempt: 3, why: 'lease-expired', error: null }],
      ['trial-failed', 0, { attempt: 4, value: null, values: null, steps: 0, error: 'worker-refused' }],
    ]);
  });
});

describe('the trials of a runner', () => {
  it('are heard with their steps, the cancelled ones too, and every event of the log is as the log has it', async () => {
    const { id } = (
      await service.post('/v1/studies', geneticStudy({ sampler: { type: 'random' }, budget: { trials: 3 }, parallelism: 2 }))
    ).json();
    await work(service.database, 1);
    await service.post(`/v1/studies/${id}/cancel`);
    const events = await eventsOf(`study=${id}`);
    const heard = events
      .filter(({ hash }) => hash !== null)
      .map(({ number, type, data, previous, hash }) => ({ number, type, data, previous, hash }));
    const log: { createdAt: string }[] = (await service.get(`/v1/studies/${id}/events`)).json().items;
    expect(heard).toEqual(log.map(({ createdAt: _, ...event }) => event));
    expect((await activity(id)).map(([type, number]) => [type, number])).toEqual([
      ['trial-started', 0],
      ['trial-reported', 0],
      ['trial-completed', 0],
      ['trial-cancelled', 1],
      ['trial-cancelled', 2],
    ]);
  });
});

describe('studies and campaigns', () => {
  it('are heard when they are deleted: of the log nothing is left', async () => {
    const study = await create();
    await service.post(`/v1/studies/${study}/cancel`);
    await service.request({ method: 'DELETE', url: `/v1/studies/${study}` });
    expect((await eventsOf(`study=${study}`)).map(({ type, hash }) => [type, hash])).toEqual([['study-deleted', null]]);
  });

  it('a campaign is heard with its states, and the events of its parts name it', async () => {
    const { id } = (await service.post('/v1/campaigns', smallCampaign())).json();
    for (const move of ['pause', 'resume', 'cancel']) await service.post(`/v1/campaigns/${id}/${move}`);
    await service.request({ method: 'DELETE', url: `/v1/campaigns/${id}` });
    const events = (
      await eventsOf('type=campaign-created&type=campaign-paused&type=campaign-resumed&type=campaign-ended&type=campaign-deleted')
    ).filter(({ campaignId }) => campaignId === id);
    expect(events.map(({ type, studyId }) => [type, studyId])).toEqual(
      ['campaign-created', 'campaign-paused', 'campaign-resumed', 'campaign-ended', 'campaign-deleted'].map((type) => [type, null]),
    );
    expect(events[3]?.data['state']).toBe('cancelled');
    expect((await eventsOf('type=study-deleted')).filter(({ campaignId }) => campaignId === id).length).toBe(2);
  });

  it('an import writes the events of its log alone, and none of its trials', async () => {
    const { id } = (await service.post('/v1/studies', geneticStudy())).json();
    await work(service.database);
    const document = (await service.get(`/v1/studies/${id}/export`)).json();
    const imported = (await service.post('/v1/studies/import', { document })).json().id;
    const types = (await eventsOf(`study=${imported}`)).map(({ type }) => type);
    expect(types[0]).toBe('study-imported');
    expect(types.filter((type) => type.startsWith('trial-'))).toEqual([]);
  });
});
