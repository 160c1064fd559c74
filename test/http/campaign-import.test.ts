import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { catchUpCampaign } from '../../src/campaigns/life-cycle.ts';
import type { CampaignTransactions } from '../../src/campaigns/ports.ts';
import { buildApp } from '../../src/http/app.ts';
import { accessStore } from '../../src/store/access/access-store.ts';
import { trialQueue } from '../../src/store/queue/queue.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { databaseSweep } from '../../src/store/sweep.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { inProcessFronts } from '../../src/studies/fronts/front-job.ts';
import { inProcessPlanner } from '../../src/studies/search/suggest.ts';
import { testAsking } from './asking.ts';
import { smallCampaign } from './definitions.ts';
import { ready, startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

interface Part {
  readonly kind: string;
  readonly name: string;
  readonly study: Record<string, unknown> & { readonly trials: Record<string, unknown>[] };
}
type Document = Record<string, unknown> & {
  readonly parts: Part[];
  readonly finalists: Record<string, unknown>[];
  readonly winner: object;
};

let service: TestService;
let ended: string;
beforeAll(async () => {
  service = await startTestService();
  const id = await create();
  await work(service.database);
  ended = await exportOf(id);
});
afterAll(() => service[Symbol.asyncDispose]());
beforeEach(async () => {
  // No other test's trials are left to work on.
  for (const { id, state } of (await service.get('/v1/campaigns?limit=200')).json().items)
    if (state === 'active' || state === 'paused') await service.post(`/v1/campaigns/${id}/cancel`);
});

async function create(changes: Record<string, unknown> = {}): Promise<string> {
  const response = await service.post('/v1/campaigns', smallCampaign(changes));
  expect(response.statusCode, response.body).toBe(201);
  return response.json().id;
}

const exportOf = async (id: string): Promise<string> => (await service.get(`/v1/campaigns/${id}/export?provenance=false`)).body;
const importOf = (body: object) => service.post('/v1/campaigns/import', body);
const document = (): Document => JSON.parse(ended);
const partIn = async (id: string, name: string) =>
  (await service.get(`/v1/campaigns/${id}`)).json().parts.find((part: { name: string }) => part.name === name);

async function pointers(body: object): Promise<string[]> {
  const response = await importOf(body);
  expect([response.statusCode, response.json().code], response.body).toEqual([422, 'invalid-document']);
  return response
    .json()
    .errors.map(({ pointer }: { pointer: string }) => pointer)
    .sort();
}

/** The campaign with some members of one of its parts replaced. */
function withPart(name: string, changes: (part: Part) => object): object {
  const whole = document();
  return { ...whole, parts: whole.parts.map((part) => (part.name === name ? { ...part, ...changes(part) } : part)) };
}

describe('POST /v1/campaigns/import', () => {
  it.each([
    ['in its searches', 3, 'active'],
    ['in its final', 9, 'active'],
    ['in its evaluation', 16, 'active'],
    ['paused', 3, 'paused'],
    ['cancelled', 12, 'cancelled'],
    ['ended', 1000, 'completed'],
  ])('recreates a campaign that is %s: the same export, verified, and the same end', async (title, trials, state) => {
    const original = await create({ name: `campaign ${title}` });
    await work(service.database, trials);
    if (title === 'in its evaluation') await trialQueue(service.database).claim(randomUUID(), 60); // one trial is running
    if (state === 'paused' || state === 'cancelled')
      await service.post(`/v1/campaigns/${original}/${state === 'paused' ? 'pause' : 'cancel'}`);
    const text = await exportOf(original);
    const response = await importOf({ document: JSON.parse(text) });
    expect(response.statusCode, response.body).toBe(201);
    const made = response.json();
    expect(response.headers.location).toBe(`/v1/campaigns/${made.id}`);
    expect(made).toMatchObject({ name: `campaign ${title}`, state });
    expect(await exportOf(made.id)).toBe(text);
    expect((await service.post(`/v1/campaigns/${made.id}/verify`)).json()).toMatchObject({ verified: true, differences: [] });
    for (const { studyId } of made.parts)
      expect((await service.get(`/v1/studies/${studyId}/events`)).json().items[0]).toMatchObject({ type: 'study-imported' });
    if (state === 'paused') for (const id of [original, made.id]) await service.post(`/v1/campaigns/${id}/resume`);
    if (state === 'active') await service.post(`/v1/campaigns/${original}/cancel`);
    await work(service.database);
    const named = ended.replaceAll('small campaign', `campaign ${title}`);
    if (state !== 'cancelled') expect(await exportOf(made.id)).toBe(named);
    const sources = (await service.get(`/v1/campaigns/${made.id}/report`)).json().totals.search.sources;
    expect(sources.imported).toBeGreaterThan(0);
  });

  it('leaves a part paused that was paused by itself, before and after a sweep', async () => {
    const original = await create({ name: 'a paused part' });
    await work(service.database, 3);
    await service.post(`/v1/studies/${(await partIn(original, 'random')).studyId}/pause`);
    const made = (await importOf({ document: JSON.parse(await exportOf(original)) })).json();
    const transactions = databaseTransactions(service.database);
    for (const campaign of await databaseSweep(service.database).campaignsDue()) await catchUpCampaign(transactions, campaign);
    await catchUpCampaign(transactions, made.id);
    expect(await partIn(made.id, 'random')).toMatchObject({ state: 'paused' });
    expect((await partIn(made.id, 'genetic')).state).toBe('active');
  });

  it('names all violations of all parts at once, with pointers into them', async () => {
    const whole = document();
    const broken = whole.parts.map((part) => {
      const [first, ...rest] = part.study.trials;
      if (part.name === 'random') return { ...part, study: { ...part.study, colour: 1, trials: [{ ...first, number: -1 }, ...rest] } };
      return part.name === 'genetic' ? { ...part, kind: 'dance', study: { ...part.study, format: 'other/1' } } : part;
    });
    expect(await pointers({ document: { ...whole, state: 'x', parts: broken }, name: 'x' })).toEqual([
      '/document/parts/0/study/colour',
      '/document/parts/0/study/trials/0/number',
      '/document/parts/1/kind',
      '/document/parts/1/study/format',
      '/document/state',
      '/name',
    ]);
    const versions = whole.parts.map((part) => ({ ...part, study: { ...part.study, samplerVersion: 7 } }));
    const spec = { ...(whole['spec'] as object), final: { finalists: [{ study: 'nobody' }], grid: { parallelism: 1 } } };
    expect(await pointers({ document: { ...whole, spec, outcome: null, parts: versions } })).toEqual([
      '/document/outcome',
      ...whole.parts.map((_, index) => `/document/parts/${index}/study/samplerVersion`),
      '/document/spec/final/finalists/0/study',
    ]);
  });

  it('refuses what its own definition and results do not give, and stores nothing', async () => {
    const before = await service.checksum();
    const whole = document();
    const index = (name: string): number => whole.parts.findIndex((part) => part.name === name);
    const edited = withPart('random', ({ study }) => ({
      study: {
        ...study,
        trials: study.trials.map((trial, place) =>
          place === 1 ? { ...trial, parameters: { learningRate: 0.001, hiddenUnits: 3 } } : trial,
        ),
      },
    }));
    expect(await pointers({ document: edited })).toContain('/document/parts/0/study/trials/1/parameters');
    // Each part follows from its own definition, but not from the campaign.
    expect(await pointers({ document: { ...whole, spec: { ...(whole['spec'] as object), seed: 2 } } })).toContain(
      '/document/parts/0/study/spec',
    );
    expect(await pointers({ document: withPart('test', () => ({ kind: 'search' })) })).toEqual([`/document/parts/${index('test')}/kind`]);
    expect(await pointers({ document: { ...whole, parts: whole.parts.filter(({ name }) => name !== 'repeat-1') } })).toEqual([
      '/document/outcome',
      '/document/parts',
      '/document/state',
    ]);
    expect(
      await pointers({
        document: { ...whole, parts: whole.parts.map((part) => (part.name === 'repeat-1' ? { ...part, name: 'repeat-7' } : part)) },
      }),
    ).toContain(`/document/parts/${index('repeat-1')}`);
    expect(await pointers({ document: { ...whole, parts: [...whole.parts, whole.parts[0]] } })).toEqual([
      `/document/parts/${whole.parts.length}/name`,
    ]);
    expect(await pointers({ document: { ...whole, outcome: { reason: 'done', detail: 'the winner is another' } } })).toEqual([
      '/document/outcome',
    ]);
    expect(await pointers({ document: { ...whole, state: 'failed' } })).toEqual(['/document/outcome/reason']);
    expect(await pointers({ document: { ...whole, state: 'active', outcome: null, winner: null } })).toEqual(['/document/winner']);
    expect(await pointers({ document: { ...whole, finalists: whole.finalists.slice(0, -1) } })).toEqual(['/document/finalists']);
    expect(await pointers({ document: { ...whole, finalists: whole.finalists.map((one) => ({ ...one, winner: false })) } })).toEqual([
      '/document/finalists/0',
    ]);
    expect(await service.checksum()).toBe(before);
  });

  it('says in sentences what does not follow, at places that are there', async () => {
    const whole = document();
    const errorsOf = async (changes: object) => (await importOf({ document: { ...whole, ...changes } })).json().errors;
    const last = whole.parts.length - 1;
    const [part] = whole.parts;
    expect(await errorsOf({ parts: whole.parts.map((one, index) => (index === last ? { ...one, name: 'repeat-7' } : one)) })).toEqual(
      expect.arrayContaining([
        {
          pointer: '/document/parts',
          detail: `must have a part ${whole.parts[last]?.name} of the kind repeat: the parts of one step are created together`,
        },
      ]),
    );
    expect(await errorsOf({ parts: [...whole.parts, { ...part, name: 'another' }] })).toEqual([
      {
        pointer: `/document/parts/${last + 1}`,
        detail: 'must not be there, got search: it does not follow from the definition of the campaign and the parts before it',
      },
    ]);
    expect((await errorsOf({ outcome: { reason: 'done', detail: 'x' } }))[0].detail).toMatch(
      /^must be \{"detail":.*\}, got \{"detail":"x","reason":"done"\}: it follows from the parts$/,
    );
    expect(whole.finalists.length).toBeGreaterThan(1);
    expect(await errorsOf({ finalists: [] })).toEqual(
      whole.finalists.map(() => ({ pointer: '/document/finalists', detail: expect.stringMatching(/^must have one more finalist, \{/) })),
    );
  });

  it('refuses names that no part has, and texts and lists beyond their limits', async () => {
    const whole = document();
    const [part] = whole.parts;
    const [finalist] = whole.finalists;
    const found = Array.from({ length: 1001 }, () => ({ part: 'random', trial: 0 }));
    expect(await pointers({ document: { ...whole, parts: [...whole.parts, { ...part, name: 'a/b' }] } })).toEqual([
      `/document/parts/${whole.parts.length}/name`,
    ]);
    expect(await pointers({ document: { ...whole, outcome: { reason: 'done', detail: 'x'.repeat(100_001) } } })).toEqual([
      '/document/outcome/detail',
    ]);
    expect(await pointers({ document: { ...whole, finalists: [{ ...finalist, foundBy: found }] } })).toEqual([
      '/document/finalists/0/foundBy',
    ]);
  });

  it('says in one violation how an export is sent, and where that of a study belongs', async () => {
    const [part] = document().parts;
    expect(await pointers(document())).toEqual(['/document']);
    expect((await importOf({ document: part?.study })).json().errors).toEqual([
      { pointer: '/document/format', detail: 'must be "clavier-campaign/1": this is the export of a study; POST it to /v1/studies/import' },
    ]);
    expect((await service.post('/v1/studies/import', { document: document() })).json().errors[0].detail).toContain('/v1/campaigns/import');
    expect(await pointers({ document: { format: 'clavier-campaign/9' } })).toEqual(['/document/format']);
  });

  it('stores all parts or nothing', async () => {
    const before = await service.checksum();
    let inserted = 0;
    const failing: CampaignTransactions = {
      transaction: (run, limits) =>
        databaseTransactions(service.database).transaction(
          (tx) =>
            run({
              ...tx,
              insertStudy: (study) => {
                inserted += 1;
                return inserted > 3 ? Promise.reject(new Error('the disk is full')) : tx.insertStudy(study);
              },
            }),
          limits,
        ),
    };
    const app = await buildApp({
      transactions: { ...databaseTransactions(service.database), ownedBy: () => failing },
      access: accessStore(service.database),
      isLocal: true,
      metrics: { contentType: 'text/plain', text: async () => '' },
      reader: databaseReader(service.database),
      planner: inProcessPlanner,
      fronts: inProcessFronts,
      asking: testAsking(service.database, service.url),
      feed: service.feed,
      webhooks: service.webhooks,
      runnersFor: async () => ({ alive: 1, able: 1, unable: 0 }),
      readiness: async () => ready,
      version: '1',
      drawSeed: () => 1,
    });
    expect((await app.inject({ method: 'POST', url: '/v1/campaigns/import', payload: { document: document() } })).statusCode).toBe(500);
    expect(inserted).toBe(4);
    expect(await service.checksum()).toBe(before);
    await app.close();
  });
});
