import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CampaignPartRepresentation } from '../../src/api/campaign.ts';
import { rememberedEstimates } from '../../src/campaigns/remaining-time.ts';
import { campaignView } from '../../src/http/campaign-view.ts';
import { campaignExamples } from '../../src/http/examples.ts';
import { definitionsOf } from '../../src/objectives/table.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { runSql } from '../store/server.ts';
import { exportCampaign } from '../support/exported.ts';
import { smallCampaign, unknownId } from './definitions.ts';
import { recordingLogger } from './recording-logger.ts';
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
  const response = await service.post('/v1/campaigns', smallCampaign(changes));
  expect(response.statusCode, response.body).toBe(201);
  return response.json().id;
}

/** No other test's trials are left to work on. */
async function cancel(id: string): Promise<void> {
  expect((await service.post(`/v1/campaigns/${id}/cancel`)).json().state).toBe('cancelled');
}

describe('a campaign that a newer release stored', () => {
  it('is listed beside the others, and alone cannot be read', async () => {
    const [other, campaign] = [await create({ name: 'mixed' }), await create({ name: 'mixed' })];
    await cancel(other);
    await cancel(campaign);
    await runSql(service.url, `UPDATE campaign SET summary = NULL, spec = jsonb_set(spec, '{metric}', '["new"]') WHERE id = '${campaign}'`);
    expect((await service.get('/v1/campaigns?name=mixed')).json().items).toMatchObject([
      { id: campaign, name: 'mixed', metric: null, studies: ['random', 'genetic'], outcome: { reason: 'cancelled' } },
      { id: other, metric: { name: 'value' } },
    ]);
    expect((await service.get(`/v1/campaigns/${campaign}`)).json()).toMatchObject({ status: 501, code: 'unreadable-record' });
  });
});

describe('a view of campaigns', () => {
  it('shows one whose estimate fails without its remaining time, and estimates it again', async () => {
    const id = await create();
    let estimates = 0;
    const failing = rememberedEstimates(async () => {
      estimates += 1;
      throw new Error('out of memory');
    });
    const { logger, logged } = recordingLogger();
    const view = campaignView(databaseReader(service.database), logger, failing);
    expect((await view(id)).id).toBe(id);
    await view(id);
    expect([estimates, logged.length, logged[0]?.level]).toEqual([2, 2, 'error']);
    await cancel(id);
  });

  it('shows no trial as the best whose training diverged', async () => {
    const id = await create();
    const [{ studyId }] = (await service.get(`/v1/campaigns/${id}`)).json().parts;
    await runSql(
      service.url,
      `UPDATE trial SET state = 'completed', value = 0.5, score = NULL, diverged = true, finished_at = now() WHERE study_id = '${studyId}' AND number = 0`,
    );
    expect((await service.get(`/v1/studies/${studyId}`)).json().best).toBeNull();
    const { parts } = (await service.get(`/v1/campaigns/${id}`)).json();
    expect(parts.map(({ best }: CampaignPartRepresentation) => best)).toEqual(parts.map(() => null));
    await cancel(id);
  });
});

describe('POST /v1/campaigns', () => {
  it('answers 201 with its address, its studies at work, and what is still to come', async () => {
    const response = await service.post('/v1/campaigns', smallCampaign({ seed: undefined }));
    expect(response.statusCode).toBe(201);
    const campaign = response.json();
    expect(response.headers.location).toBe(`/v1/campaigns/${campaign.id}`);
    expect(campaign).toMatchObject({ state: 'active', outcome: null, stepsDone: 0, stepsTrained: 0, endedAt: null });
    expect(campaign.spec).toMatchObject({
      seed: 42,
      objectiveSeed: 42,
      order: 'parallel',
      metric: { direction: 'maximize' },
      final: {
        cross: true,
        finalists: [
          { study: 'random', top: 1 },
          { study: 'genetic', top: 1 },
        ],
      },
    });
    expect(campaign.parts).toMatchObject([
      {
        kind: 'search',
        name: 'random',
        state: 'active',
        sampler: { type: 'random' },
        trials: { queued: 4 },
        progress: { observed: 0, planned: 4 },
      },
      {
        kind: 'search',
        name: 'genetic',
        state: 'active',
        sampler: { type: 'genetic' },
        trials: { queued: 4 },
        progress: { observed: 0, planned: 7 },
      },
    ]);
    expect(campaign.upcoming).toEqual([
      { kind: 'grid', name: 'final-grid' },
      { kind: 'test', name: 'test' },
      { kind: 'repeat', name: 'repeat-1' },
      { kind: 'repeat', name: 'repeat-2' },
    ]);
    expect((await service.get(String(response.headers.location))).json()).toEqual(campaign);
    await cancel(campaign.id);
  });

  it('starts the first study alone where they go one after another', async () => {
    const id = await create({ order: 'sequential', final: undefined, evaluation: { repeats: 0 } });
    const { parts, upcoming } = (await service.get(`/v1/campaigns/${id}`)).json();
    expect(parts.map(({ name }: CampaignPartRepresentation) => name)).toEqual(['random']);
    expect(upcoming).toEqual([
      { kind: 'search', name: 'genetic' },
      { kind: 'test', name: 'test' },
    ]);
    await cancel(id);
  });

  it.each(campaignExamples)('takes the example of the document: $name', async ({ definition }) => {
    const response = await service.post('/v1/campaigns', { ...definition, dryRun: false });
    expect(response.statusCode, response.body).toBe(201);
    await cancel(response.json().id);
  });

  it('shows a study which campaign it belongs to, and has no deletion for it alone', async () => {
    const id = await create();
    const { parts } = (await service.get(`/v1/campaigns/${id}`)).json();
    await cancel(id);
    const study = (await service.get(`/v1/studies/${parts[1].studyId}`)).json();
    expect(study).toMatchObject({ state: 'cancelled', campaign: { id, kind: 'search', name: 'genetic' } });
    const refused = await service.request({ method: 'DELETE', url: `/v1/studies/${parts[1].studyId}` });
    expect(refused.json()).toMatchObject({ status: 409, code: 'study-in-campaign' });
  });
});

describe('a dry run', () => {
  it('answers 200 with the whole definition and an estimate, and stores nothing', async () => {
    const before = await service.checksum();
    const response = await service.post('/v1/campaigns', smallCampaign({ dryRun: true }));
    expect(response.statusCode, response.body).toBe(200);
    expect(response.headers.location).toBeUndefined();
    const { spec, scaled, estimate } = response.json();
    expect(spec).toMatchObject({ name: 'small campaign', seed: 1, objectiveSeed: 1 });
    expect(scaled).toEqual([]);
    expect(estimate).toBeTypeOf('object');
    expect(await service.checksum()).toBe(before);
  });

  it('gives a definition that is created as it stands', async () => {
    const { spec } = (await service.post('/v1/campaigns', smallCampaign({ dryRun: true, seed: undefined }))).json();
    const { id, spec: created } = (await service.post('/v1/campaigns', spec)).json();
    expect(created).toEqual(spec);
    await cancel(id);
  });

  it('says what the scale made of the numbers of a preset', async () => {
    const dryRun = async (scale: number) => (await service.post('/v1/campaigns', { preset: 'landscape', scale, dryRun: true })).json();
    const [small, full] = [await dryRun(0.1), await dryRun(1)];
    expect(full.scaled).toEqual([]);
    expect(small.scaled.length).toBeGreaterThan(0);
    expect(full.spec.studies.map(({ name }: { name: string }) => name)).toEqual(['random', 'genetic']);
    expect(small.spec.studies[0].budget.trials).toBeLessThan(full.spec.studies[0].budget.trials);
  });
});

describe('the life of a campaign', () => {
  it('pauses, resumes and cancels with its studies, is deleted with them, and refuses what is not legal with its state', async () => {
    const id = await create();
    const move = async (name: string) => (await service.post(`/v1/campaigns/${id}/${name}`)).json();
    const paused = await move('pause');
    expect(paused).toMatchObject({ state: 'paused', parts: [{ state: 'paused' }, { state: 'paused' }] });
    expect(await move('pause')).toMatchObject({ state: 'paused' });
    expect(await move('resume')).toMatchObject({ state: 'active', parts: [{ state: 'active' }, { state: 'active' }] });
    const remove = () => service.request({ method: 'DELETE', url: `/v1/campaigns/${id}` });
    expect((await remove()).json()).toMatchObject({ status: 409, code: 'campaign-not-ended', state: 'active' });
    expect(await move('cancel')).toMatchObject({
      state: 'cancelled',
      outcome: { reason: 'cancelled' },
      parts: [{ state: 'cancelled' }, { state: 'cancelled' }],
      upcoming: [],
    });
    expect(await move('resume')).toMatchObject({ status: 409, code: 'state-conflict', state: 'cancelled' });
    expect((await remove()).statusCode).toBe(204);
    expect((await service.get(`/v1/campaigns/${id}`)).json().code).toBe('campaign-not-found');
    expect((await service.get(`/v1/studies/${paused.parts[0].studyId}`)).json().code).toBe('study-not-found');
  });

  it('is answered with 304 until something moves', async () => {
    const id = await create();
    const { headers } = await service.get(`/v1/campaigns/${id}`);
    const tag = { 'if-none-match': String(headers.etag) };
    const again = await service.get(`/v1/campaigns/${id}`, tag);
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', headers.etag]);
    expect(await work(service.database, 1)).toBe(1);
    const moved = await service.get(`/v1/campaigns/${id}`, tag);
    expect([moved.statusCode, moved.json().stepsDone]).toEqual([200, 1]);
    await cancel(id);
  });

  it('has no winner before its searches and its final ended, and never when it is cancelled before', async () => {
    const id = await create();
    expect((await service.get(`/v1/campaigns/${id}/finalists`)).json()).toEqual({ items: [] });
    expect((await service.get(`/v1/campaigns/${id}/winner`)).json()).toMatchObject({
      status: 409,
      code: 'winner-not-known',
      state: 'active',
    });
    await cancel(id);
    expect((await service.get(`/v1/campaigns/${id}/winner`)).json()).toMatchObject({ code: 'winner-not-known', state: 'cancelled' });
  });
});

describe('GET /v1/campaigns', () => {
  it('lists all campaigns once, newest first, over pages, with filters', async () => {
    const made: string[] = [];
    for (let index = 0; index < 3; index += 1) made.unshift(await create({ name: 'listed' }));
    const found: string[] = [];
    let cursor = '';
    do {
      const page = (await service.get(`/v1/campaigns?limit=2&name=listed${cursor && `&cursor=${cursor}`}`)).json();
      found.push(...page.items.map((item: { id: string }) => item.id));
      expect(page.items[0]).toMatchObject({ name: 'listed', metric: { name: 'value' }, studies: ['random', 'genetic'] });
      cursor = page.nextCursor ?? '';
    } while (cursor);
    expect(found).toEqual(made);
    expect((await service.get('/v1/campaigns?state=paused&name=listed')).json()).toEqual({ items: [], nextCursor: null });
    const first = (await service.get('/v1/campaigns?limit=1')).json().nextCursor;
    expect((await service.get(`/v1/studies?limit=1&cursor=${first}`)).json().code).toBe('invalid-cursor');
    for (const id of made) await cancel(id);
  });
});

describe('a campaign that is done', () => {
  let campaign: string;
  beforeAll(async () => {
    campaign = `/v1/campaigns/${await create()}`;
    await work(service.database);
  });

  it('shows each part with its progress, its best trial and its steps', async () => {
    const shown = (await service.get(campaign)).json();
    expect(shown).toMatchObject({ state: 'completed', outcome: { reason: 'done' }, upcoming: [] });
    expect(shown.parts.map(({ kind, name, state }: CampaignPartRepresentation) => [kind, name, state])).toEqual([
      ['search', 'random', 'completed'],
      ['search', 'genetic', 'completed'],
      ['grid', 'final-grid', 'completed'],
      ['test', 'test', 'completed'],
      ['repeat', 'repeat-1', 'completed'],
      ['repeat', 'repeat-2', 'completed'],
    ]);
    expect(shown.parts[1]).toMatchObject({
      trials: { completed: 7, queued: 0 },
      progress: { finished: 7, planned: 7, observed: 7, suggested: 7 },
      best: { number: 4, value: 0.8 },
      stepsDone: 7,
    });
    const charged = shown.parts.reduce((sum: number, part: CampaignPartRepresentation) => sum + part.stepsDone, 0);
    expect(shown.stepsDone).toBe(charged);
  });

  it('has a winner, measured, with mean and range over its repeats', async () => {
    const winner = (await service.get(`${campaign}/winner`)).json();
    expect(winner).toMatchObject({
      value: 0.8,
      validation: { value: 0.8 },
      test: {
        values: { score: 0.875, points: 100, error: 0.1 },
        curves: [
          {
            axes: [{ name: 'share' }, { name: 'value' }, { name: 'count' }],
            points: null,
          },
        ],
      },
    });
    expect(winner.foundBy[0]).toEqual({ part: 'genetic', trial: 4 });
    expect((await service.get(`/v1/trials/${winner.trialId}`)).json()).toMatchObject({ number: 4, parameters: winner.parameters });
    expect(winner.repeats).toMatchObject({
      planned: 2,
      measured: 2,
      ranges: { error: null, score: { mean: 0.625, min: 0.5, max: 0.75 }, points: { mean: 50.5, min: 1, max: 100 } },
      items: [
        { repeat: 1, state: 'completed', test: { values: { score: 0.75 } } },
        { repeat: 2, state: 'completed', test: { values: { score: 0.5 } } },
      ],
    });
    expect(winner.repeats.items[0].objectiveSeed).not.toBe(winner.repeats.items[1].objectiveSeed);
  });

  it('lists what was evaluated, the winner first, each configuration once', async () => {
    const { items } = (await service.get(`${campaign}/finalists`)).json();
    expect(items.map(({ winner }: { winner: boolean }) => winner)).toEqual([true, ...items.slice(1).map(() => false)]);
    expect(items.map(({ foundBy }: { foundBy: object[] }) => foundBy[0])).toEqual([
      { part: 'genetic', trial: 4 },
      { part: 'random', trial: 1 },
    ]);
    expect(items[1].repeats).toMatchObject({ planned: 2, measured: 2, ranges: { score: { min: 0.5, max: 0.75 } } });
    expect(new Set(items.map(({ parameters }: { parameters: object }) => JSON.stringify(parameters))).size).toBe(items.length);
  });

  it('has the points of curves only for those who ask for them', async () => {
    const points = [
      [0.5, 1, 50],
      [1, 0.875, 100],
    ];
    for (const [query, expected] of [
      ['', null],
      ['?curves=false', null],
      ['?curves=true', points],
    ] as const) {
      const winner = (await service.get(`${campaign}/winner${query}`)).json();
      const { items } = (await service.get(`${campaign}/finalists${query}`)).json();
      expect([winner.test.curves[0].points, items[0].test], query).toEqual([expected, winner.test]);
    }
    expect((await service.get(`${campaign}/winner?curves=yes`)).statusCode).toBe(422);
    const { finalists } = (await service.get(`${campaign}/report`)).json();
    expect(finalists[0].test.curves[0].points).toHaveLength(points.length);
  });

  it('exports the canonical bytes', async () => {
    const response = await service.get(`${campaign}/export`);
    expect(response.body).toBe(
      await exportCampaign(databaseReader(service.database), campaign.slice('/v1/campaigns/'.length), { provenance: { clavier: '1.2.3' } }),
    );
    const bare = await service.get(`${campaign}/export?provenance=false`);
    expect(bare.body).toBe(await exportCampaign(databaseReader(service.database), campaign.slice('/v1/campaigns/'.length)));
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('answers every read with 304 to those who have it', async () => {
    const reads = ['', '/winner', '/finalists', '/export'].map((rest) => campaign + rest);
    for (const url of [...reads, '/v1/campaigns', '/v1/presets', '/v1/presets/landscape']) {
      const { headers } = await service.get(url);
      const again = await service.get(url, { 'if-none-match': String(headers.etag) });
      expect([again.statusCode, again.body, again.headers.etag], url).toEqual([304, '', headers.etag]);
    }
  });
});

it('has the presets of campaigns, each with the full definition', async () => {
  const { items } = (await service.get('/v1/presets?kind=campaign')).json();
  expect(items.map(({ name }: { name: string }) => name)).toEqual(definitionsOf('campaignPresets').map(({ name }) => name));
  const [landscape] = items.filter(({ name }: { name: string }) => name === 'landscape');
  expect((await service.get('/v1/presets/landscape')).json()).toEqual(landscape);
  const all: string[] = (await service.get('/v1/presets')).json().items.map(({ name }: { name: string }) => name);
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(definitionsOf('campaignPresets').length + definitionsOf('studyPresets').length);
  expect(landscape.spec.studies).toHaveLength(2);
});

it('a campaign that is not there is a 404 for every read and every move', async () => {
  const address = `/v1/campaigns/${unknownId}`;
  for (const rest of ['', '/winner', '/finalists', '/export'])
    expect((await service.get(address + rest)).json().code).toBe('campaign-not-found');
  for (const move of ['pause', 'resume', 'cancel'])
    expect((await service.post(`${address}/${move}`)).json().code).toBe('campaign-not-found');
});
