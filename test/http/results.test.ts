import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { definitionsOf } from '../../src/objectives/table.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { exportStudy } from '../support/exported.ts';
import { geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let service: TestService;
let study: string;
beforeAll(async () => {
  service = await startTestService();
  const { id } = (await service.post('/v1/studies', geneticStudy())).json();
  study = `/v1/studies/${id}`;
  expect(await work(service.database)).toBe(10);
});
afterAll(() => service[Symbol.asyncDispose]());

it('shows a study that ended with its outcome, its best trial and the steps trained', async () => {
  const shown = (await service.get(study)).json();
  expect(shown).toMatchObject({
    state: 'completed',
    generation: null,
    stepsTrained: 10,
    outcome: { reason: 'budget' },
    trials: { completed: 10, queued: 0 },
    best: { value: 0.9, number: 7 },
  });
  expect(shown.progress).toEqual({ finished: 10, planned: 10, observed: 10, suggested: 10 });
});

it('lists the trials by number over pages, by state and by generation', async () => {
  const first = (await service.get(`${study}/trials?limit=6`)).json();
  const second = (await service.get(`${study}/trials?limit=6&cursor=${first.nextCursor}`)).json();
  const all = [...first.items, ...second.items];
  expect(all.map((trial) => trial.number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(second.nextCursor).toBeNull();
  const generation = (await service.get(`${study}/trials?generation=1&state=completed`)).json();
  expect(generation.items.map((trial: { number: number }) => trial.number)).toEqual([4, 5, 6]);
  expect((await service.get(`${study}/trials?limit=6&generation=0&cursor=${first.nextCursor}`)).json().code).toBe('invalid-cursor');
});

it('ranks the leaderboard best first', async () => {
  const { items } = (await service.get(`${study}/leaderboard?limit=3`)).json();
  expect(items.map((trial: { rank: number; number: number; value: number }) => [trial.rank, trial.number, trial.value])).toEqual([
    [1, 7, 0.9],
    [2, 4, 0.8],
    [3, 1, 0.7],
  ]);
  expect((await service.get(`${study}/leaderboard`)).json().items).toHaveLength(10);
});

it('shows each closed generation with its population, best and mean', async () => {
  const first = (await service.get(`${study}/generations?limit=2`)).json();
  const rest = (await service.get(`${study}/generations?limit=2&cursor=${first.nextCursor}`)).json();
  const generations = [...first.items, ...rest.items];
  expect(generations.map(({ number, trials, best }) => [number, trials, best.trial])).toEqual([
    [0, 4, 1],
    [1, 7, 4],
    [2, 10, 7],
  ]);
  expect(generations[0].mean).toBeCloseTo((0 + 0.7 + 0.4 + 0.1) / 4, 12);
  expect(generations[1].population[0]).toEqual({ trial: 1, elite: true, value: 0.7 });
});

it('lists the study checkpoints, the first one included', async () => {
  const { items, nextCursor } = (await service.get(`${study}/checkpoints`)).json();
  expect(
    items.map((item: { number: number; generation: number | null; trials: number }) => [item.number, item.generation, item.trials]),
  ).toEqual([
    [0, null, 0],
    [1, 0, 4],
    [2, 1, 7],
    [3, 2, 10],
  ]);
  expect(nextCursor).toBeNull();
});

it('exports the canonical bytes', async () => {
  const response = await service.get(`${study}/export`);
  expect(response.body).toBe(
    await exportStudy(databaseReader(service.database), study.slice('/v1/studies/'.length), { provenance: { clavier: '1.2.3' } }),
  );
  const bare = await service.get(`${study}/export?provenance=false`);
  expect(bare.body).toBe(await exportStudy(databaseReader(service.database), study.slice('/v1/studies/'.length)));
  expect(response.json()).toEqual({ ...bare.json(), provenance: expect.objectContaining({ clavier: '1.2.3', imported: null }) });
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
});

it('shows a trial with its origin and its measurements', async () => {
  const { items } = (await service.get(`${study}/trials?limit=5`)).json();
  const trial = (await service.get(`/v1/trials/${items[4].id}`)).json();
  expect(trial.origin).toHaveProperty('parents');
  expect(trial.measurements).toMatchObject([{ step: 1, values: { value: 0.8 } }]);
});

it('has the presets, its health, its readiness and HEAD for what can be read', async () => {
  const names = (await service.get('/v1/presets?kind=study')).json().items.map((preset: { name: string }) => preset.name);
  expect(names).toEqual(definitionsOf('studyPresets').map(({ name }) => name));
  expect(names).toEqual(expect.arrayContaining(['landscape-1', 'landscape-2']));
  expect((await service.get('/v1/presets/landscape-2')).json().spec.sampler).toMatchObject({ elites: 10, selectionExponent: 2 });
  expect((await service.get('/healthz')).json()).toEqual({ status: 'ok', version: '1.2.3' });
  expect((await service.get('/readyz')).json()).toMatchObject({ ready: true });
  const head = await service.request({ method: 'HEAD', url: study });
  expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, '', (await service.get(study)).headers.etag]);
});

it('answers every read with 304 to those who have it, but never whether it is healthy and ready', async () => {
  const { items } = (await service.get(`${study}/trials?limit=1`)).json();
  const reads = ['', '/trials', '/leaderboard', '/generations', '/checkpoints', '/export'].map((rest) => study + rest);
  for (const url of [...reads, `/v1/trials/${items[0].id}`, '/v1/studies', '/v1/presets', '/v1/presets/landscape-1', '/openapi.json']) {
    const { headers } = await service.get(url);
    expect(headers['cache-control'], url).toBe('no-cache');
    for (const tag of ['*', String(headers.etag)]) {
      const again = await service.get(url, { 'if-none-match': tag });
      expect([again.statusCode, again.body, again.headers.etag], url).toEqual([304, '', headers.etag]);
    }
  }
  for (const url of ['/healthz', '/readyz']) {
    const response = await service.get(url, { 'if-none-match': '*' });
    expect([response.statusCode, response.headers['cache-control'], response.headers.etag], url).toEqual([200, 'no-store', undefined]);
  }
});

it('says 503 and why while it is not ready', async () => {
  const checks = { database: { ok: false, detail: 'no answer' }, migrations: { ok: false, detail: 'unknown' }, runners: { live: 0 } };
  await using other = await startTestService({ readiness: async () => ({ ready: false, checks }) });
  const response = await other.get('/readyz');
  expect([response.statusCode, response.json()]).toEqual([503, { ready: false, checks }]);
});
