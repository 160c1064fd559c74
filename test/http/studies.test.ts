import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { studyExamples } from '../../src/http/examples.ts';
import type { Capability } from '../../src/objectives/contract.ts';
import { newId } from '../../src/shared/ids.ts';
import { type OwnRegistration, ownRegistration } from '../../src/store/runners/ability.ts';
import { thisProcess } from '../../src/store/runners/process-identity.ts';
import { registerRunner } from '../../src/store/runners/registration.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { runSql } from '../store/server.ts';
import { geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

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

describe('POST /v1/studies', () => {
  it('answers 201 with its address and the definition with every default filled in', async () => {
    const response = await service.post('/v1/studies', geneticStudy({ seed: undefined }));
    expect(response.statusCode).toBe(201);
    const study = response.json();
    expect(response.headers.location).toBe(`/v1/studies/${study.id}`);
    expect(study).toMatchObject({
      state: 'active',
      outcome: null,
      generation: 0,
      best: null,
      stepsTrained: 0,
      trials: { queued: 4, running: 0 },
    });
    expect(study.progress).toEqual({ finished: 0, planned: 10, observed: 0, suggested: 4 });
    expect(study.spec).toMatchObject({
      seed: 42,
      objectiveSeed: 42,
      parallelism: 4,
      metrics: [{ direction: 'maximize' }],
      retries: { maxAttempts: 3 },
    });
    expect(study.spec.sampler.mutation).toEqual({ probability: 0.3, kind: 'one-bit', bitProbability: 0.03 });
    expect((await service.get(String(response.headers.location))).json()).toEqual(study);
  });

  it('chooses a sampler where none is named, stores it, and takes the definition as it is shown', async () => {
    const { sampler: _sampler, ...definition } = geneticStudy({ budget: { trials: 7 }, parallelism: undefined });
    const study = (await service.post('/v1/studies', definition)).json();
    expect(study.spec.sampler).toEqual({ type: 'gp', startupTrials: 8 });
    expect(study.spec.samplerReason).toMatch(/^gp: \d .*, 7 trials$/);
    const asWished = (await service.post('/v1/studies', { ...definition, sampler: { type: 'auto' } })).json();
    expect(asWished.spec.sampler).toEqual(study.spec.sampler);
    const again = await service.post('/v1/studies', { ...study.spec, evaluate: false });
    expect(again.json().spec).toEqual(study.spec);
  });

  it('names what is wrong with a definition that leaves the sampler open', async () => {
    const { sampler: _sampler, ...definition } = geneticStudy({ budget: {} });
    const response = await service.post('/v1/studies', definition);
    expect(response.statusCode).toBe(422);
    expect(response.json().errors).toEqual([{ pointer: '/budget', detail: 'needs a limit: trials or wallClockSeconds' }]);
  });

  it.each(studyExamples)('takes the example of the document: $name', async ({ definition }) => {
    expect((await service.post('/v1/studies', definition)).statusCode).toBe(201);
  });

  it('expands a preset, merges what stands beside it and shows the full definition', async () => {
    const study = (
      await service.post('/v1/studies', {
        preset: 'landscape-2',
        budget: { trials: 7 },
        sampler: { population: 6, elites: 2 },
        objective: { examples: 50 },
      })
    ).json();
    expect(study.spec).toMatchObject({
      name: 'landscape-2',
      budget: { generations: 70, trials: 7 },
      sampler: { population: 6, elites: 2, selectionExponent: 2 },
      objective: { function: 'lstm-landscape', examples: 50 },
    });
    expect(study.spec.searchSpace[0].high).toBe(0.5115);
    expect(study.progress.planned).toBe(7);
  });

  it('counts the points of a grid', async () => {
    const study = (await service.post('/v1/studies', geneticStudy({ sampler: { type: 'grid' }, budget: {} }))).json();
    expect(study.progress.planned).toBe(20 * 31);
    expect(study.generation).toBeNull();
  });
});

describe('GET /v1/studies/{studyId} of a study that does not move', () => {
  const needed = { name: 'test-function', version: 1 };
  const register = async (objectives: Capability[]): Promise<OwnRegistration> => {
    const entry = { id: newId(), identity: thisProcess(), slots: 1, objectives };
    await registerRunner(service.database, entry);
    return ownRegistration(service.database, entry, 60);
  };
  const blockedOf = async (study: string) => (await service.get(`/v1/studies/${study}`)).json().blocked;

  it('says that no runner is alive, that none has its objective, or that those that have it cannot evaluate it', async () => {
    const study = await create();
    expect(await blockedOf(study)).toEqual({
      reason: 'no-runner',
      detail: 'no runner is alive: start one, or check why it stopped; the study then continues by itself',
    });
    const newer = await register([{ ...needed, version: 2 }]);
    expect(await blockedOf(study)).toEqual({
      reason: 'no-capable-runner',
      detail:
        'no living runner can evaluate test-function version 1, with which the study began (runners alive: 1): start one of a release that has it; the study then continues by itself',
    });
    const runner = await register([needed]);
    expect(await blockedOf(study)).toBeNull();
    await runner.cannotEvaluate(needed);
    expect(await blockedOf(study)).toEqual({
      reason: 'runners-unable',
      detail:
        'no living runner can evaluate test-function version 1 (runners alive: 2; with its code, but without something that it needs, such as a library: 1): their logs say what is missing; install it, or start another runner',
    });
    await runner.canEvaluate(needed);
    expect(await blockedOf(study)).toBeNull();
    await Promise.all([runner.unregister(), newer.unregister()]);
  });

  it('says nothing of a paused study, nor of one whose trial runs', async () => {
    const [paused, running] = [await create(), await create({ seed: 7, objectiveSeed: 7 })];
    await service.post(`/v1/studies/${paused}/pause`);
    expect(await blockedOf(paused)).toBeNull();
    await service.database.$executeRaw`
      UPDATE trial SET state = 'running', lease_token = ${newId()}::uuid, lease_runner = ${newId()}::uuid, lease_until = now(), started_at = now()
      WHERE study_id = ${running}::uuid AND number = 0`;
    expect(await blockedOf(running)).toBeNull();
  });
});

describe('a study that a newer release stored', () => {
  const sql = (text: string) => runSql(service.url, text);
  const newer = [
    [
      'in a version of the definition that is unknown here',
      "definition_version = 9, summary = NULL, spec = jsonb_set(spec, '{sampler}', '\"new\"')",
      null,
    ],
    ['with an unknown sampler', `summary = NULL, spec = jsonb_set(spec, '{sampler}', '{"type": "new"}')`, { type: 'new' }],
    [
      'that ended for a reason that is unknown here',
      `state = 'failed', ended_at = now(), outcome = '{"reason": "new", "detail": "so", "lastTrial": 3}'`,
      { type: 'genetic' },
    ],
  ] as const;

  it.each(newer)('%s is listed beside the others, and alone cannot be read', async (_what, change, sampler) => {
    const [other, study] = [await create({ name: 'mixed' }), await create({ name: 'mixed' })];
    await sql(`UPDATE study SET ${change} WHERE id = '${study}'`);
    // A process that has not read it yet.
    await using reading = await startTestService({}, { url: service.url, [Symbol.asyncDispose]: async () => undefined });
    const { items } = (await reading.get('/v1/studies?name=mixed&limit=2')).json();
    expect(items).toMatchObject([
      { id: study, name: 'mixed', sampler, metrics: [{ name: 'value' }], progress: { observed: 0, suggested: 4 } },
      { id: other, sampler: { type: 'genetic' } },
    ]);
    for (const request of [
      { method: 'GET' as const, url: `/v1/studies/${study}` },
      { method: 'POST' as const, url: `/v1/studies/${study}/pause` },
    ])
      expect((await reading.request(request)).json()).toMatchObject({ status: 501, code: 'unreadable-record' });
    expect((await reading.get(`/v1/studies/${other}`)).statusCode).toBe(200);
  });

  it('shows a trial that failed for a reason unknown here, in lists and alone', async () => {
    const study = await create();
    await sql(
      `UPDATE trial SET state = 'failed', finished_at = now(), error = '{"code": "new", "message": "so"}' WHERE study_id = '${study}' AND number = 0`,
    );
    const { items } = (await service.get(`/v1/studies/${study}/trials`)).json();
    expect(items[0].error).toEqual({ code: 'new', detail: 'so' });
    expect((await service.get(`/v1/trials/${items[0].id}`)).json().error).toEqual({ code: 'new', detail: 'so' });
    await advanceStudy(databaseTransactions(service.database), study);
    expect((await service.get(`/v1/studies/${study}/events`)).statusCode).toBe(200);
  });
});

describe('GET /v1/studies', () => {
  it('lists all studies once, newest first, over pages, with filters', async () => {
    const made: string[] = [];
    for (let index = 0; index < 5; index += 1) made.unshift(await create({ name: 'listed' }));
    const found: string[] = [];
    let cursor = '';
    do {
      const page = (await service.get(`/v1/studies?limit=2&name=listed${cursor && `&cursor=${cursor}`}`)).json();
      expect(page.items.length).toBeLessThanOrEqual(2);
      found.push(...page.items.map((item: { id: string }) => item.id));
      cursor = page.nextCursor ?? '';
    } while (cursor);
    expect(found).toEqual(made);
    expect((await service.get('/v1/studies?state=completed&name=listed')).json()).toEqual({ items: [], nextCursor: null });
  });

  it('refuses a cursor of other filters, of another list, and a changed one', async () => {
    const id = await create({ name: 'cursor' });
    await create({ name: 'cursor' });
    const cursor: string = (await service.get('/v1/studies?limit=1&name=cursor')).json().nextCursor;
    const changed = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
    for (const url of [
      '/v1/studies?cursor=',
      `/v1/studies?name=other&cursor=${cursor}`,
      `/v1/studies?name=cursor&cursor=${changed}`,
      `/v1/studies/${id}/trials?cursor=${cursor}`,
      '/v1/studies?cursor=x',
    ]) {
      const response = await service.get(url.endsWith('cursor=') ? `${url}${cursor}` : url);
      expect([response.statusCode, response.json().code], url).toEqual([422, 'invalid-cursor']);
    }
  });
});

describe('the life of a study', () => {
  it('pauses, resumes, cancels and is deleted, and refuses what is not legal with its state', async () => {
    const id = await create();
    const move = async (name: string) => (await service.post(`/v1/studies/${id}/${name}`)).json();
    expect(await move('pause')).toMatchObject({ state: 'paused' });
    expect(await move('pause')).toMatchObject({ state: 'paused' });
    expect(await move('resume')).toMatchObject({ state: 'active' });
    const refused = await service.request({ method: 'DELETE', url: `/v1/studies/${id}` });
    expect(refused.json()).toMatchObject({ status: 409, code: 'study-not-ended', state: 'active' });
    expect(await move('cancel')).toMatchObject({ state: 'cancelled', outcome: { reason: 'cancelled' }, trials: { cancelled: 4 } });
    expect(await move('resume')).toMatchObject({ status: 409, code: 'state-conflict', state: 'cancelled' });
    const deleted = await service.request({ method: 'DELETE', url: `/v1/studies/${id}` });
    expect([deleted.statusCode, deleted.body]).toEqual([204, '']);
    expect((await service.get(`/v1/studies/${id}`)).json().code).toBe('study-not-found');
  });

  it('is answered with 304 until something moves', async () => {
    const id = await create();
    const first = await service.get(`/v1/studies/${id}`);
    const etag = String(first.headers.etag);
    for (const header of [etag, `"other", W/${etag}`, '*']) {
      const again = await service.get(`/v1/studies/${id}`, { 'if-none-match': header });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
    }
    await service.database
      .$executeRaw`UPDATE trial SET state = 'running', lease_token = id, lease_runner = id, lease_until = now() WHERE study_id = ${id}::uuid AND number = 0`;
    const moved = await service.get(`/v1/studies/${id}`, { 'if-none-match': etag });
    expect(moved.statusCode).toBe(200);
    expect(moved.json().trials).toMatchObject({ queued: 3, running: 1 });
  });
});
