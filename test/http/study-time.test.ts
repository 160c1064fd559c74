import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { trialQueue } from '../../src/store/queue/queue.ts';
import { databaseSweep } from '../../src/store/sweep.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
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
beforeEach(async () => {
  await runSql(service.url, 'TRUNCATE campaign, study CASCADE');
});

async function create(changes: Record<string, unknown> = {}): Promise<string> {
  const response = await service.post('/v1/studies', geneticStudy({ sampler: { type: 'random' }, budget: { trials: 20 }, ...changes }));
  expect(response.statusCode, response.body).toBe(201);
  return response.json().id;
}

/** Lets time pass: everything that is recorded happened so much earlier. */
async function pass(seconds: number): Promise<void> {
  const earlier = (...columns: string[]): string => columns.map((column) => `${column} = ${column} - interval '${seconds} s'`).join(', ');
  await runSql(service.url, `UPDATE study SET ${earlier('created_at', 'updated_at', 'ticked_at', 'active_since')}`);
  await runSql(service.url, `UPDATE trial SET ${earlier('started_at', 'finished_at')}`);
  await runSql(service.url, `UPDATE measurement SET ${earlier('recorded_at')}`);
}

const tick = () => databaseSweep(service.database).tickWallClock(500);

describe('the times of a study', () => {
  it('elapsed and remaining seconds follow what is recorded; between two records, a poll gets 304 however often the clock ticks', async () => {
    const id = await create();
    await work(service.database, 3);
    await pass(40);
    await tick();
    await work(service.database, 1);
    const first = await service.get(`/v1/studies/${id}`);
    const { elapsedSeconds, remainingSeconds } = first.json();
    expect(elapsedSeconds).toBeGreaterThanOrEqual(40);
    // Four steps in at least 40 s, sixteen to come.
    expect(remainingSeconds).toBeGreaterThanOrEqual(160);
    expect(remainingSeconds).toBeLessThan(400);
    for (let look = 0; look < 3; look += 1) {
      await tick();
      const again = await service.get(`/v1/studies/${id}`, { 'if-none-match': String(first.headers.etag) });
      expect(again.statusCode).toBe(304);
    }
    await work(service.database, 1);
    const moved = await service.get(`/v1/studies/${id}`, { 'if-none-match': String(first.headers.etag) });
    expect(moved.statusCode).toBe(200);
    expect(moved.json().elapsedSeconds).toBeGreaterThan(elapsedSeconds);
  });

  it('are in lists too, where they follow the last advance', async () => {
    const id = await create();
    await pass(40);
    await tick();
    await work(service.database, 1);
    const list = await service.get('/v1/studies');
    expect(list.json().items[0]).toMatchObject({ id, elapsedSeconds: expect.any(Number) });
    expect(list.json().items[0].elapsedSeconds).toBeGreaterThanOrEqual(40);
    await tick();
    expect((await service.get('/v1/studies', { 'if-none-match': String(list.headers.etag) })).statusCode).toBe(304);
  });

  it('progress moves within a generation, which the search observes as a whole', async () => {
    const id = await create({ sampler: { type: 'genetic', population: 4, elites: 1 }, budget: { generations: 3 } });
    await work(service.database, 3);
    expect((await service.get(`/v1/studies/${id}`)).json().progress).toEqual({ finished: 3, planned: 10, observed: 0, suggested: 4 });
  });
});

it('the remaining seconds of a campaign count its open parts and the parts to come, and a poll gets 304 between two records', async () => {
  const { id } = (await service.post('/v1/campaigns', smallCampaign())).json();
  expect((await service.get(`/v1/campaigns/${id}`)).json().remainingSeconds).toBeNull();
  await work(service.database, 2);
  await pass(30);
  await tick();
  await work(service.database, 1);
  const shown = await service.get(`/v1/campaigns/${id}`);
  expect(shown.json().remainingSeconds).toBeGreaterThan(0);
  await tick();
  expect((await service.get(`/v1/campaigns/${id}`, { 'if-none-match': String(shown.headers.etag) })).statusCode).toBe(304);
  await work(service.database);
  expect((await service.get(`/v1/campaigns/${id}`)).json()).toMatchObject({ state: 'completed', remainingSeconds: null });
});

describe('the source of a trial', () => {
  it('is null until a step is trained for it, and for one that failed before', async () => {
    const id = await create({ retries: { maxAttempts: 1 } });
    const queue = trialQueue(service.database);
    const claimed = await queue.claim(randomUUID(), 60);
    if (!claimed) throw new Error('the queue is empty');
    await queue.fail(claimed, { code: 'training-error', message: 'it could not begin' });
    await advanceStudy(databaseTransactions(service.database), id);
    await work(service.database, 1);
    const { items } = (await service.get(`/v1/studies/${id}/trials`)).json();
    expect(items.slice(0, 3)).toMatchObject([
      { state: 'failed', source: null, stepsTrained: 0 },
      { state: 'completed', source: 'trained' },
      { state: 'queued', source: null },
    ]);
  });
});

describe('a dry run of a study', () => {
  it('answers 200 with the whole definition and an estimate, and stores nothing', async () => {
    const before = await service.checksum();
    const response = await service.post('/v1/studies', geneticStudy({ dryRun: true }));
    expect(response.statusCode, response.body).toBe(200);
    expect(response.headers.location).toBeUndefined();
    const { spec, estimate } = response.json();
    expect(spec).toMatchObject({ name: 'small', seed: 1, objectiveSeed: 1, parallelism: 4 });
    expect(estimate).toMatchObject({ trials: 10, trainingsAtMost: 10, assumes: expect.stringMatching(/^Trials are counts; /) });
    expect(await service.checksum()).toBe(before);
  });

  it('gives a definition that is created as it stands, also from a preset', async () => {
    const { items } = (await service.get('/v1/presets?kind=study')).json();
    const before = await service.checksum();
    const dry = await service.post('/v1/studies', { preset: items[0].name, dryRun: true });
    expect(dry.statusCode, dry.body).toBe(200);
    expect(await service.checksum()).toBe(before);
    const created = await service.post('/v1/studies', dry.json().spec);
    expect(created.statusCode, created.body).toBe(201);
    expect(created.json().spec).toEqual(dry.json().spec);
  });

  it('refuses what a creation refuses, and a dryRun that is no boolean, all at once', async () => {
    const refused = await service.post('/v1/studies', geneticStudy({ dryRun: 'yes', parallelism: 0 }));
    expect(refused.statusCode).toBe(422);
    expect(refused.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/dryRun', '/parallelism']);
    const grid = await service.post('/v1/studies', geneticStudy({ dryRun: true, budget: {} }));
    expect(grid.json()).toMatchObject({ status: 422, code: 'invalid-study', errors: [{ pointer: '/budget' }] });
  });
});
