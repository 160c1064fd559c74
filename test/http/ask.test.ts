import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invariant } from '../../src/shared/errors.ts';
import { runSql } from '../store/server.ts';
import { externalStudy, geneticStudy, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { type Asked, workerClient } from './worker-client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const { create, ask, tell, complete, expire, one, ended, verified } = workerClient(() => service);

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
