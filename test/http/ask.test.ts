import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invariant } from '../../src/shared/errors.ts';
import { runSql } from '../store/server.ts';
import { externalStudy, geneticStudy, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

interface Asked {
  readonly id: string;
  readonly number: number;
  readonly attempt: number;
  readonly parameters: { readonly x: number; readonly n: number };
  readonly lease: { readonly token: string };
  readonly resume: unknown;
}

async function create(changes: Record<string, unknown> = {}): Promise<string> {
  const response = await service.post('/v1/studies', externalStudy(changes));
  expect(response.statusCode, response.body).toBe(201);
  return response.json().id;
}

async function ask(studyId: string, more: Record<string, unknown> = {}): Promise<Asked[]> {
  const response = await service.post(`/v1/studies/${studyId}/ask`, { worker: 'test', ...more });
  expect(response.statusCode, response.body).toBe(200);
  return response.json().trials;
}

const tell = (trial: Asked, verb: string, body: Record<string, unknown> = {}) =>
  service.post(`/v1/trials/${trial.id}/${verb}`, { token: trial.lease.token, ...body });

async function complete(trial: Asked, accuracy: number): Promise<void> {
  const response = await tell(trial, 'complete', { values: { accuracy } });
  expect(response.statusCode, response.body).toBe(200);
}

/** Lets the lease of a trial end. A server that has started just now would leave it one lease more. */
const expire = (trial: Asked) =>
  runSql(service.url, `UPDATE trial SET lease_until = clock_timestamp() - interval '1 hour', lease_seconds = 0.1 WHERE id = '${trial.id}'`);

async function one(studyId: string, more: Record<string, unknown> = {}): Promise<Asked> {
  const [trial] = await ask(studyId, more);
  invariant(trial, 'a trial was given out');
  return trial;
}

async function ended(studyId: string): Promise<void> {
  await expect.poll(async () => (await service.get(`/v1/studies/${studyId}`)).json().state, { timeout: 10_000 }).toBe('completed');
}

async function verified(studyId: string): Promise<void> {
  const response = await service.request({ method: 'POST', url: `/v1/studies/${studyId}/verify` });
  expect(response.json(), response.body).toMatchObject({ verified: true, differences: [] });
}

describe('a study whose trials workers ask for', () => {
  it('is searched to its end, and follows from its results', async () => {
    const id = await create();
    for (let count = 0; count < 6; count += 1) {
      const trial = await one(id, { waitSeconds: 5 });
      expect(trial).toMatchObject({ number: count, attempt: 1, resume: null });
      await complete(trial, 1 - Math.abs(trial.parameters.x - 0.3));
    }
    const over = await service.post(`/v1/studies/${id}/ask`, { worker: 'test', waitSeconds: 5 });
    expect(over.json()).toMatchObject({ trials: [], waiting: { reason: 'ended', retryAfterSeconds: null } });
    const study = (await service.get(`/v1/studies/${id}`)).json();
    expect(study).toMatchObject({
      state: 'completed',
      outcome: { reason: 'budget' },
      trials: { completed: 6 },
      blocked: null,
      spec: { schedule: 'asynchronous', parallelism: 100, objective: { steps: 1 } },
    });
    await verified(id);
  });

  it('ends within a moment of its last result, although nobody asks again', async () => {
    const id = await create({ sampler: { type: 'random' }, budget: { trials: 2 } });
    for (const trial of await ask(id, { count: 2 })) await complete(trial, 0.5);
    await ended(id);
    await verified(id);
  });

  it('suggests when it is asked, from every result by then', async () => {
    const id = await create({ budget: { trials: 30 }, sampler: { type: 'tpe', startupTrials: 1 } });
    expect((await service.get(`/v1/studies/${id}`)).json().progress).toMatchObject({ suggested: 0 });
    const [first, second] = await ask(id, { count: 2 });
    invariant(first && second, 'two trials were given out');
    await complete(second, 0.4);
    const third = await one(id);
    const seen = (await service.get(`/v1/trials/${third.id}`)).json().seen;
    expect(seen).toEqual({ before: 2, except: [0] });
    await complete(first, 0.2);
    await complete(third, 0.6);
    await verified(id);
  });

  it.each(['genetic', 'tpe'] as const)('waits for results under the deterministic schedule, and says for which (%s)', async (type) => {
    const genetic = type === 'genetic';
    const id = await create({
      sampler: genetic ? { type, population: 4, elites: 2 } : { type, startupTrials: 2 },
      budget: genetic ? { generations: 2 } : { trials: 8 },
      schedule: 'deterministic',
      parallelism: 4,
    });
    const first = await ask(id, { count: 10 });
    expect(first.map(({ number }) => number)).toEqual([0, 1, 2, 3]);
    const waiting = await service.post(`/v1/studies/${id}/ask`, { worker: 'test' });
    expect(waiting.json()).toMatchObject({ trials: [], waiting: { reason: genetic ? 'generation' : 'earlier-trials' } });
    const parked = service.post(`/v1/studies/${id}/ask`, { worker: 'test', waitSeconds: 20 });
    for (const trial of first) await complete(trial, trial.parameters.x);
    expect((await parked).json().trials).toHaveLength(1);
  });

  it('gives out no more than its parallelism, and nothing while it is paused', async () => {
    const id = await create({ parallelism: 2, sampler: { type: 'random' } });
    const [first] = await ask(id, { count: 5 });
    invariant(first, 'a trial was given out');
    const full = await service.post(`/v1/studies/${id}/ask`, { worker: 'test' });
    expect(full.json().waiting.reason).toBe('parallelism');
    await service.post(`/v1/studies/${id}/pause`);
    await complete(first, 0.5);
    expect((await service.post(`/v1/studies/${id}/ask`, { worker: 'test' })).json().waiting.reason).toBe('paused');
    await service.post(`/v1/studies/${id}/resume`);
    expect(await ask(id, { count: 5 })).toHaveLength(1);
  });

  it('gives each of many workers that ask at once another trial', async () => {
    const id = await create({ sampler: { type: 'random' }, budget: { trials: 200 } });
    const asked = await Promise.all(Array.from({ length: 40 }, () => ask(id, { count: 2 })));
    const numbers = asked.flat().map(({ number }) => number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 80 }, (_, index) => index));
    await Promise.all(asked.flat().map((trial, index) => complete(trial, index / 100)));
    await verified(id);
  });

  it('answers a repeated request with the same Idempotency-Key with the same trials', async () => {
    const id = await create({ sampler: { type: 'random' }, budget: { trials: 20 } });
    const send = (url: string, key: string, payload = { worker: 'test', count: 2 }) =>
      service.request({ method: 'POST', url, headers: { 'idempotency-key': key }, payload });
    const path = `/v1/studies/${id}/ask`;
    const first = (await send(path, '"key-1"')).json();
    const again = (await send(path, 'key-1')).json();
    expect(again.trials).toEqual(first.trials);
    const other = (await send(path, 'key-2')).json();
    expect(other.trials.map(({ number }: Asked) => number)).toEqual([2, 3]);
    // A key belongs to a route and a body.
    const anywhere = { worker: 'test', count: 2, studies: [id] };
    const any = (await send('/v1/ask', 'key-1', anywhere)).json();
    expect(any.trials.map(({ number }: Asked) => number)).toEqual([4, 5]);
    expect((await send('/v1/ask', 'key-1', anywhere)).json().trials).toEqual(any.trials);
    expect((await send(path, 'key-1', { worker: 'test', count: 1 })).json().trials).toMatchObject([{ number: 6 }]);
    for (const half of ['"key-1', 'key-1"']) expect((await send(path, half)).statusCode).toBe(422);
    const [early, late] = await Promise.all([send(path, 'key-3'), send(path, 'key-3')]);
    expect(new Set([early, late].flatMap((answer) => answer.json().trials.map(({ id: trial }: Asked) => trial)))).toHaveProperty('size', 2);
    expect((await send(path, 'no key')).json()).toMatchObject({ status: 422, code: 'invalid-request' });
    expect((await service.get(`/v1/studies/${id}`)).json().trials.running).toBe(9);
  });

  it('answers a repeated request with its trials also after their leases ended, until another worker has them', async () => {
    const id = await create({ sampler: { type: 'random' }, budget: { trials: 20 } });
    const send = async () => {
      const payload = { worker: 'test', leaseSeconds: 60 };
      const answer = await service.request({
        method: 'POST',
        url: `/v1/studies/${id}/ask`,
        headers: { 'idempotency-key': 'late' },
        payload,
      });
      expect(answer.statusCode, answer.body).toBe(200);
      return answer.json().trials;
    };
    const earlier = await one(id);
    const [mine] = await send();
    await expire(earlier);
    await runSql(service.url, `UPDATE trial SET lease_until = clock_timestamp() - interval '1 second' WHERE id = '${mine.id}'`);
    const [kept] = await send();
    expect(kept).toMatchObject({ id: mine.id, attempt: 1 });
    await expire(kept);
    expect((await ask(id, { count: 2 })).map(({ number }) => number)).toEqual([0, 1]);
    expect(await send()).toMatchObject([{ number: 2 }]);
  });

  it('gives out a trial whose stall limit has passed again, also to the request that held it', async () => {
    const objective = { type: 'external', metrics: [{ name: 'accuracy', direction: 'maximize' }], stallSeconds: 30 };
    const id = await create({ objective, sampler: { type: 'random' } });
    const send = async () => {
      const headers = { 'idempotency-key': 'stalled' };
      const answer = await service.request({ method: 'POST', url: `/v1/studies/${id}/ask`, headers, payload: { worker: 'test' } });
      expect(answer.statusCode, answer.body).toBe(200);
      return answer.json().trials;
    };
    const [first] = await send();
    await runSql(service.url, `UPDATE trial SET progress_at = clock_timestamp() - interval '1 hour' WHERE id = '${first.id}'`);
    await expire(first);
    expect(await send()).toMatchObject([{ id: first.id, attempt: 2 }]);
  });

  it('is asked together with all others by POST /v1/ask', async () => {
    const mine = await Promise.all([create({ name: 'one' }), create({ name: 'two' })]);
    const response = await service.post('/v1/ask', { worker: 'test', studies: mine, count: 1 });
    expect(response.json().trials).toMatchObject([{ studyId: mine[0], number: 0 }]);
    const any = await service.post('/v1/ask', { worker: 'test' });
    expect(any.json().trials).toHaveLength(1);
    await Promise.all(mine.map((id) => service.post(`/v1/studies/${id}/cancel`)));
    const ended = await service.post('/v1/ask', { worker: 'test', studies: mine });
    expect(ended.json()).toMatchObject({ trials: [], waiting: { reason: 'ended' } });
  });

  it('is no study to ask beside one that is unknown or not external: no trial is given out', async () => {
    const id = await create();
    const unknown = await service.post('/v1/ask', { worker: 'test', studies: [id, unknownId] });
    expect(unknown.json()).toMatchObject({ status: 404, code: 'study-not-found' });
    const trained = (await service.post('/v1/studies', geneticStudy())).json().id;
    const other = await service.post('/v1/ask', { worker: 'test', studies: [id, trained] });
    expect(other.json()).toMatchObject({ status: 409, code: 'not-external' });
    expect((await service.get(`/v1/studies/${id}`)).json().trials.running).toBe(0);
  });

  it('says why it has no trial: places, a generation, earlier trials, the budget', async () => {
    const reason = async (studyId: string) =>
      (await service.post(`/v1/studies/${studyId}/ask`, { worker: 'test' })).json().waiting?.reason ?? null;
    const full = await create({ sampler: { type: 'random' }, parallelism: 1 });
    const grid = { searchSpace: [{ type: 'int', name: 'n', low: 1, high: 2 }], sampler: { type: 'grid' }, budget: {} };
    const points = await create(grid);
    const genetic = await create({ sampler: { type: 'genetic', population: 3, elites: 1 }, budget: { generations: 2 } });
    const narrow = await create({ sampler: { type: 'genetic', population: 3, elites: 1 }, budget: { generations: 2 }, parallelism: 2 });
    const inOrder = await create({ schedule: 'deterministic', parallelism: 2 });
    const last = await create({ budget: { trials: 2 } });
    await Promise.all([full, narrow, narrow, inOrder, inOrder, last, last, points, points].map((id) => ask(id)));
    await ask(genetic, { count: 3 });
    expect(await Promise.all([full, narrow, genetic, inOrder, last, points].map(reason))).toEqual([
      'parallelism',
      'parallelism',
      'generation',
      'earlier-trials',
      'budget',
      'budget',
    ]);
  });

  it('is refused if runners of the service evaluate its trials, or if there is none', async () => {
    const id = await create({
      searchSpace: [{ type: 'float', name: 'x1', low: -5, high: 10 }],
      metrics: [{ name: 'value' }],
      objective: { type: 'test-function', function: 'branin' },
    });
    expect((await service.post(`/v1/studies/${id}/ask`, { worker: 'test' })).json()).toMatchObject({ status: 409, code: 'not-external' });
    const unknown = await service.post('/v1/studies/01890000-0000-7000-8000-000000000000/ask', { worker: 'test' });
    expect(unknown.json()).toMatchObject({ status: 404, code: 'study-not-found' });
  });
});

describe('the holder of a trial', () => {
  it('reports several steps, each once, and completes with the last or with values of its own', async () => {
    const id = await create();
    const trial = await one(id);
    const reports = [
      { step: 1, values: { accuracy: 0.1, loss: 'NaN' } },
      { step: 4, values: { accuracy: 0.4, loss: null }, checkpoint: 'store/4' },
    ];
    expect((await tell(trial, 'reports', { reports })).json()).toMatchObject({ directive: 'continue', reason: null });
    expect((await tell(trial, 'reports', { reports: reports.slice(1) })).statusCode).toBe(200);
    const other = await tell(trial, 'reports', {
      reports: [
        { step: 5, values: { accuracy: 0.5 } },
        { step: 4, values: { accuracy: 0.9 } },
      ],
    });
    expect(other.json()).toMatchObject({ status: 409, code: 'step-reported' });
    const done = await tell(trial, 'complete', {
      values: { accuracy: 0.45, loss: null },
      attributes: { commit: 'abc' },
      links: [{ name: 'log', url: 'https://example.org/log' }],
    });
    expect(done.json()).toMatchObject({ state: 'completed', number: 0, value: 0.45 });
    const shown = (await service.get(`/v1/trials/${trial.id}`)).json();
    expect(shown).toMatchObject({ value: 0.45, values: { accuracy: 0.45, loss: null }, stepsDone: 4, source: 'trained' });
    expect(shown.worker).toEqual({
      name: 'test',
      checkpoint: null,
      attributes: { commit: 'abc' },
      links: [{ name: 'log', url: 'https://example.org/log' }],
    });
    expect(shown.measurements.map(({ step }: { step: number }) => step)).toEqual([1, 4]);
    const short = await one(id);
    await tell(short, 'reports', { reports });
    expect((await tell(short, 'complete')).json()).toMatchObject({ value: 0.4 });
    await one(id);
    await verified(id);
  });

  it('may deliver the same result twice, and no other', async () => {
    const id = await create();
    const trial = await one(id);
    await complete(trial, 0.5);
    await complete(trial, 0.5);
    expect((await tell(trial, 'complete', { values: { accuracy: 0.6 } })).json()).toMatchObject({
      code: 'state-conflict',
      state: 'completed',
    });
  });

  it('needs the metric of the study in its result', async () => {
    const trial = await one(await create());
    const without = await tell(trial, 'complete', { values: { loss: 1 } });
    expect(without.json()).toMatchObject({ status: 422, errors: [{ pointer: '/values', detail: 'must have the metric accuracy' }] });
    expect((await tell(trial, 'complete')).statusCode).toBe(422);
    const stranger = { ...trial, lease: { token: '7b8d2b43-7f0e-4a33-9b62-0a8a1f6f3a11' } };
    expect((await tell(stranger, 'complete')).json()).toMatchObject({ status: 409, code: 'stale-token' });
    expect((await tell({ ...trial, id: unknownId }, 'complete')).json()).toMatchObject({ status: 404, code: 'trial-not-found' });
    expect((await tell(trial, 'complete', { values: { accuracy: 'Infinity' } })).json()).toMatchObject({ state: 'completed', value: null });
  });

  it('loses the trial when its lease ends; the next attempt learns of its last checkpoint', async () => {
    const id = await create();
    const lost = await one(id);
    await tell(lost, 'reports', { reports: [{ step: 2, values: { accuracy: 0.2 }, checkpoint: 'store/2' }] });
    await expire(lost);
    const again = await one(id);
    expect(again).toMatchObject({ id: lost.id, attempt: 2, resume: { step: 2, values: { accuracy: 0.2 }, checkpoint: 'store/2' } });
    expect((await tell(lost, 'heartbeat')).json()).toMatchObject({ directive: 'stop', reason: 'lease-lost' });
    const late = await tell(lost, 'reports', { reports: [{ step: 3, values: { accuracy: 0.3 } }] });
    expect(late.json()).toMatchObject({ status: 409, code: 'stale-token', state: 'running' });
    await complete(again, 0.7);
  });

  it('may deliver a late result while the trial is open: the other holder is told to stop', async () => {
    const id = await create();
    const late = await one(id);
    await tell(late, 'reports', { reports: [{ step: 1, values: { accuracy: 0.25 } }] });
    await expire(late);
    const other = await one(id);
    await tell(other, 'reports', { reports: [{ step: 1, values: { accuracy: 0.9 } }] });
    await complete(late, 0.25);
    expect((await tell(other, 'heartbeat')).json()).toMatchObject({ directive: 'stop', reason: 'settled' });
    expect((await tell(other, 'complete', { values: { accuracy: 0.9 } })).json()).toMatchObject({ status: 409, state: 'completed' });
    const shown = (await service.get(`/v1/trials/${late.id}`)).json();
    expect(shown).toMatchObject({ value: 0.25, attempts: 2, incidents: [{ kind: 'late-result' }] });
    expect(shown.measurements).toMatchObject([{ step: 1, values: { accuracy: 0.25 } }]);
    await one(id);
    await verified(id);
  });

  it('keeps the trial by heartbeats only for the stall limit after its last report', async () => {
    const objective = { type: 'external', metrics: [{ name: 'accuracy', direction: 'maximize' }], stallSeconds: 30 };
    const trial = await one(await create({ objective }), { leaseSeconds: 20 });
    await runSql(service.url, `UPDATE trial SET progress_at = clock_timestamp() - interval '25 seconds' WHERE id = '${trial.id}'`);
    const until = Date.parse((await tell(trial, 'heartbeat')).json().leaseUntil) - Date.now();
    expect(until).toBeGreaterThan(0);
    expect(until).toBeLessThan(10_000);
    await runSql(service.url, `UPDATE trial SET progress_at = clock_timestamp() - interval '31 seconds' WHERE id = '${trial.id}'`);
    expect((await tell(trial, 'heartbeat')).json()).toMatchObject({ directive: 'stop', reason: 'lease-lost' });
  });

  it('may add a checkpoint to a step that it reported', async () => {
    const trial = await one(await create());
    const report = (checkpoint?: string) => tell(trial, 'reports', { reports: [{ step: 1, values: { accuracy: 0.5 }, checkpoint }] });
    for (const checkpoint of [undefined, 'store/1', undefined]) expect((await report(checkpoint)).statusCode).toBe(200);
    await expire(trial);
    expect(await one((await service.get(`/v1/trials/${trial.id}`)).json().studyId)).toMatchObject({ resume: { checkpoint: 'store/1' } });
  });

  it('holds no other trial: its token answers for its own alone, also in one batch', async () => {
    const id = await create({ sampler: { type: 'random' } });
    const [mine, other] = await Promise.all([one(id), one(id)]);
    const crossed = { ...other, lease: mine.lease };
    const [own, foreign] = await Promise.all([tell(mine, 'heartbeat'), tell(crossed, 'heartbeat')]);
    expect(own.json()).toMatchObject({ directive: 'continue' });
    expect(foreign.json()).toMatchObject({ status: 409, code: 'stale-token' });
    const reports = [{ step: 1, values: { accuracy: 0.5 } }];
    const [reported, refused] = await Promise.all([tell(mine, 'reports', { reports }), tell(crossed, 'reports', { reports })]);
    expect([reported.statusCode, refused.statusCode]).toEqual([200, 409]);
  });

  it('reports failures, which are retried as the study says, and returns trials uncharged', async () => {
    const id = await create({ retries: { maxAttempts: 2 } });
    const first = await one(id);
    expect((await tell(first, 'release')).json()).toMatchObject({ state: 'queued' });
    const second = await one(id);
    expect(second).toMatchObject({ id: first.id, attempt: 2 });
    expect((await tell(second, 'fail', { error: 'no memory' })).json()).toMatchObject({ state: 'queued' });
    expect((await tell(second, 'fail', { error: 'no memory' })).json()).toMatchObject({ state: 'queued' });
    const third = await one(id);
    expect((await tell(third, 'fail', { error: 'no memory' })).json()).toMatchObject({ state: 'failed' });
    expect((await service.get(`/v1/trials/${first.id}`)).json()).toMatchObject({
      failures: 2,
      error: { code: 'worker-failed', detail: 'no memory' },
    });
    const refused = await one(id);
    expect((await tell(refused, 'fail', { error: 'bad input', retry: false })).json()).toMatchObject({ state: 'failed' });
    await verified(id);
  });

  it('is told to stop when the study is cancelled', async () => {
    const id = await create();
    const trial = await one(id);
    await service.post(`/v1/studies/${id}/cancel`);
    expect((await tell(trial, 'heartbeat')).json()).toMatchObject({ directive: 'stop', reason: 'cancelled' });
    expect((await tell(trial, 'complete', { values: { accuracy: 1 } })).json()).toMatchObject({ status: 409, state: 'cancelled' });
  });

  it.each(['heartbeat', 'reports', 'complete', 'fail', 'release'])('shows by its token that it is one: %s', async (verb) => {
    const trial = await one(await create());
    const body = { reports: [{ step: 1, values: { accuracy: 1 } }], values: { accuracy: 1 }, error: '' };
    const own = { heartbeat: [], reports: ['reports'], complete: ['values'], fail: ['error'], release: [] }[verb] ?? [];
    const given = Object.fromEntries(Object.entries(body).filter(([name]) => own.includes(name)));
    const stranger = await service.post(`/v1/trials/${trial.id}/${verb}`, { token: '7b8d2b43-7f0e-4a33-9b62-0a8a1f6f3a11', ...given });
    expect(stranger.json()).toMatchObject({ status: 409, code: 'stale-token', state: 'running' });
    const nowhere = await service.post(`/v1/trials/01890000-0000-7000-8000-000000000000/${verb}`, { token: trial.lease.token, ...given });
    expect(nowhere.json()).toMatchObject({ status: 404, code: 'trial-not-found' });
    const before = await service.checksum();
    const bad = await service.post(`/v1/trials/${trial.id}/${verb}`, { token: 'no', colour: 'red' });
    expect(bad.json()).toMatchObject({ status: 422, code: 'invalid-request' });
    expect(bad.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(expect.arrayContaining(['/token', '/colour']));
    expect(await service.checksum()).toBe(before);
  });
});

describe('a study with many results that are not observed yet', () => {
  it('goes on beside a trial that takes long, and observes all that ended after it', async () => {
    const id = await create({ sampler: { type: 'random' }, budget: { trials: 130 } });
    const slow = await one(id);
    for (let round = 0; round < 3; round += 1) {
      const trials = await ask(id, { count: 43 });
      await Promise.all(trials.map((trial) => complete(trial, trial.number / 1000)));
    }
    await complete(slow, 0.5);
    await ended(id);
    await verified(id);
  });

  it('reads the measurements of a generation when it is complete, however many they are', async () => {
    const id = await create({ sampler: { type: 'genetic', population: 4, elites: 1 }, budget: { generations: 2 } });
    for (let number = 0; number < 7; number += 1) {
      const trial = await one(id);
      const reports = Array.from({ length: 1000 }, (_, step) => ({ step: step + 1, values: { accuracy: step / 1000, loss: null } }));
      expect((await tell(trial, 'reports', { reports })).statusCode).toBe(200);
      await complete(trial, number / 10);
    }
    await ended(id);
    await verified(id);
  });
});

describe('the export of such a study', () => {
  it('is imported and goes on', async () => {
    const id = await create({ budget: { trials: 4 } });
    for (const trial of await ask(id, { count: 2 })) await complete(trial, trial.parameters.x);
    const open = await one(id);
    const document = (await service.get(`/v1/studies/${id}/export`)).json();
    const imported = await service.post('/v1/studies/import', { document });
    expect(imported.statusCode, imported.body).toBe(201);
    const other = imported.json().id;
    const trials = await ask(other, { count: 5 });
    expect(trials.map(({ number }) => number)).toEqual([2, 3]);
    expect(trials[0]?.parameters).toEqual(open.parameters);
    for (const trial of trials) await complete(trial, trial.parameters.x);
    await expect.poll(async () => (await service.get(`/v1/studies/${other}`)).json().state, { timeout: 5000 }).toBe('completed');
    await verified(other);
  });
});

describe('a campaign whose trials workers ask for', () => {
  it('is worked on by POST /v1/ask, through its searches and its final, and is verified', async () => {
    const { searchSpace, metrics, objective } = externalStudy();
    const created = await service.post('/v1/campaigns', {
      name: 'own workers',
      searchSpace,
      metric: metrics[0],
      objective,
      studies: [
        { name: 'random', sampler: { type: 'random' }, budget: { trials: 4 } },
        { name: 'genetic', sampler: { type: 'genetic', population: 4, elites: 2 }, budget: { generations: 2 } },
      ],
      final: { finalists: [{ study: 'random' }, { study: 'genetic' }], grid: { trials: 3 } },
      seed: 3,
    });
    expect(created.statusCode, created.body).toBe(201);
    const campaign = `/v1/campaigns/${created.json().id}`;
    const parts = async (): Promise<string[]> =>
      (await service.get(campaign)).json().parts.map(({ studyId }: { studyId: string }) => studyId);
    await expect
      .poll(
        async () => {
          const { trials } = (await service.post('/v1/ask', { worker: 'test', count: 3, studies: await parts() })).json();
          for (const trial of trials) await complete(trial, 1 - Math.abs(trial.parameters.x - 0.3));
          return (await service.get(campaign)).json().state;
        },
        { timeout: 20_000, interval: 30 },
      )
      .toBe('completed');
    expect((await service.get(`${campaign}/winner`)).json().parameters).toHaveProperty('x');
    expect((await service.request({ method: 'POST', url: `${campaign}/verify` })).json()).toMatchObject({ verified: true });
  });
});

describe('a study under the deterministic schedule', () => {
  /** Four workers of random speed, which lose every fifth trial; the value follows from the parameters. */
  async function exportedAfterStorm(definition: Record<string, unknown>): Promise<string> {
    const id = await create({ ...definition, schedule: 'deterministic', parallelism: 4 });
    const worker = async (): Promise<void> => {
      for (;;) {
        const answer = (await service.post(`/v1/studies/${id}/ask`, { worker: 'test', waitSeconds: 1 })).json();
        if (answer.waiting?.reason === 'ended') return;
        for (const trial of answer.trials) {
          await delay(Math.random() * 20);
          if (Math.random() < 0.2) await expire(trial);
          else await complete(trial, 1 - (trial.parameters.x - 0.3) ** 2 - trial.parameters.n / 100);
        }
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    await verified(id);
    return (await service.get(`/v1/studies/${id}/export?provenance=false`)).body;
  }

  it.each([
    ['tpe', { sampler: { type: 'tpe', startupTrials: 4 }, budget: { trials: 24 } }],
    ['genetic', { sampler: { type: 'genetic', population: 6, elites: 2 }, budget: { generations: 4 } }],
    ['random', { sampler: { type: 'random' }, budget: { trials: 24 } }],
  ])('has the same export after any order, speed and loss of workers (%s)', async (_type, definition) => {
    const [first, second] = [await exportedAfterStorm(definition), await exportedAfterStorm(definition)];
    expect(second).toBe(first);
  });
});
