import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runSql } from '../store/server.ts';
import { geneticStudy, smallCampaign } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

async function create(changes: Record<string, unknown> = {}): Promise<string> {
  const response = await service.post('/v1/studies', geneticStudy(changes));
  expect(response.statusCode).toBe(201);
  return response.json().id;
}

async function createCampaign(changes: Record<string, unknown> = {}): Promise<string> {
  const response = await service.post('/v1/campaigns', smallCampaign(changes));
  expect(response.statusCode).toBe(201);
  return response.json().id;
}

/** The ids of a whole list, read in pages of two. */
async function idsOf(list: string, query: Record<string, string | string[]>): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const given = Object.entries({ ...query, limit: '2', ...(cursor && { cursor }) });
    const search = new URLSearchParams(given.flatMap(([name, value]) => [value].flat().map((one) => [name, one] as [string, string])));
    const response = await service.get(`${list}?${search}`);
    expect(response.statusCode, response.body).toBe(200);
    ids.push(...response.json().items.map((item: { id: string }) => item.id));
    cursor = response.json().nextCursor;
  }
  return ids;
}

describe('an item of GET /v1/studies', () => {
  it('has the progress and the best trial that the study has alone, before, during and after the search', async () => {
    const id = await create({ name: 'shown', labels: { team: 'search' } });
    for (const trials of [0, 3, 1000]) {
      await work(service.database, trials);
      const study = (await service.get(`/v1/studies/${id}`)).json();
      const [item] = (await service.get('/v1/studies?name=shown')).json().items;
      const { id: trialId, number, value, parameters } = study.best ?? {};
      expect(item).toEqual({
        id,
        name: 'shown',
        state: study.state,
        campaign: null,
        outcome: study.outcome,
        labels: { team: 'search' },
        sampler: { type: 'genetic' },
        metrics: study.spec.metrics,
        progress: study.progress,
        best: study.best && { trialId, number, value, parameters },
        elapsedSeconds: item.elapsedSeconds,
        createdAt: study.createdAt,
        updatedAt: study.updatedAt,
        endedAt: study.endedAt,
      });
    }
    expect((await service.get('/v1/studies?name=shown')).json().items[0]).toMatchObject({
      state: 'completed',
      progress: { finished: 10, planned: 10 },
      best: { value: expect.any(Number) },
    });
  });

  it('is the same for a study that was stored without a summary', async () => {
    const id = await create({ name: 'without', sampler: { type: 'grid' }, budget: {} });
    const before = (await service.get('/v1/studies?name=without')).json();
    expect(before.items).toMatchObject([{ progress: { planned: 620 }, sampler: { type: 'grid' } }]);
    await runSql(service.url, "UPDATE study SET summary = NULL WHERE name = 'without'");
    expect((await service.get('/v1/studies?name=without')).json()).toEqual(before);
    await service.post(`/v1/studies/${id}/cancel`);
  });
});

describe('an item of GET /v1/campaigns', () => {
  it('has the sums of its parts and the trial that wins', async () => {
    const id = await createCampaign({ name: 'shown' });
    const shown = async () => {
      const campaign = (await service.get(`/v1/campaigns/${id}`)).json();
      const [item] = (await service.get('/v1/campaigns?name=shown')).json().items;
      return { campaign, item };
    };
    const start = await shown();
    // 4 random, 4 + 3 genetic, at most 2 · 2 crossed; 3 configurations tested and trained twice more.
    expect(start.item).toMatchObject({ progress: { finished: 0, planned: 4 + 7 + 4 + 3 * 3, observed: 0 }, best: null });
    await work(service.database);
    const { campaign, item } = await shown();
    const sum = (name: string) =>
      campaign.parts.reduce((total: number, { progress }: { progress: Record<string, number> }) => total + (progress[name] ?? 0), 0);
    expect(item.progress).toEqual({
      finished: sum('finished'),
      planned: start.item.progress.planned,
      observed: sum('observed'),
      suggested: sum('suggested'),
    });
    const winner = (await service.get(`/v1/campaigns/${id}/winner`)).json();
    expect(item.best).toMatchObject({ value: winner.validation.value, parameters: winner.parameters });
    expect(item.best.trialId).toBe(winner.trialId);
    await runSql(service.url, "UPDATE campaign SET summary = NULL WHERE name = 'shown'");
    expect((await shown()).item).toEqual(item);
  });
});

describe('the list of studies', () => {
  it('is sorted, over pages without a repetition: newest, oldest, updated, name', async () => {
    const labels = { run: 'sort' };
    const names = ['b', 'ä, "x" y', 'b', 'c'];
    const ids: string[] = [];
    for (const name of names) ids.push(await create({ name, labels }));
    const [b, other, laterB, c] = ids;
    await service.post(`/v1/studies/${other}/pause`);
    const sorted = (sort: string) => idsOf('/v1/studies', { label: 'run=sort', sort });
    expect(await sorted('newest')).toEqual([c, laterB, other, b]);
    expect(await sorted('oldest')).toEqual([b, other, laterB, c]);
    expect(await sorted('updated')).toEqual([other, c, laterB, b]);
    const byName = await sorted('name');
    expect(byName.filter((id) => id !== other)).toEqual([b, laterB, c]);
    expect(byName).toHaveLength(4);
    const cursor = (await service.get('/v1/studies?limit=1&sort=name')).json().nextCursor;
    expect((await service.get(`/v1/studies?limit=1&sort=oldest&cursor=${cursor}`)).json().code).toBe('invalid-cursor');
  });
});
