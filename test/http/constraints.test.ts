import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from './service.ts';
import { type Asked, workerClient } from './worker-client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const { create, one, tell, ended, verified } = workerClient(() => service);

const limited = {
  objective: {
    type: 'external',
    metrics: [
      { name: 'accuracy', direction: 'maximize' },
      { name: 'latency', direction: 'minimize' },
    ],
  },
  constraints: [{ metric: 'latency', max: 200 }],
};

async function deliver(trial: Asked, values: Record<string, unknown>): Promise<void> {
  const response = await tell(trial, 'complete', { values });
  expect(response.statusCode, response.body).toBe(200);
}

/** A study of six trials, of which the most accurate ones are too slow. @returns its id */
async function finished(changes: Record<string, unknown> = {}): Promise<string> {
  const id = await create({ ...limited, ...changes });
  for (const [accuracy, latency] of [
    [0.9, 400],
    [0.6, 200],
    [0.8, 250],
    [0.7, 100],
    [0.99, 'NaN'],
    [null, 50],
  ])
    await deliver(await one(id, { waitSeconds: 5 }), { accuracy, latency });
  await ended(id);
  return id;
}

const leaders = async (id: string) => (await service.get(`/v1/studies/${id}/leaderboard`)).json().items;

describe('a study with constraints', () => {
  it('ranks trials beyond a limit after those that keep it, by their violation, and verifies', async () => {
    const id = await finished();
    const items: { number: number; violation: number | null }[] = await leaders(id);
    expect(items.map(({ number, violation }) => [number, violation])).toEqual([
      [3, 0],
      [1, 0],
      [5, 0],
      [2, 0.25],
      [0, 1],
      [4, null],
    ]);
    const study = (await service.get(`/v1/studies/${id}`)).json();
    expect(study.best).toMatchObject({ number: 3, value: 0.7, violation: 0 });
    const list = (await service.get('/v1/studies')).json().items.find((item: { id: string }) => item.id === id);
    expect(list.best).toMatchObject({ number: 3 });
    await verified(id);
  });

  it.each(['tpe', 'genetic', 'random'] as const)('is searched, exported, imported and verified (%s)', async (type) => {
    const options = { tpe: { startupTrials: 2 }, genetic: { population: 3, elites: 1 }, random: {} }[type];
    const id = await finished({ sampler: { type, ...options }, parallelism: 1, schedule: 'deterministic' });
    const document = (await service.get(`/v1/studies/${id}/export`)).json();
    const response = await service.post('/v1/studies/import', { document });
    expect(response.statusCode, response.body).toBe(201);
    const copy = response.json().id;
    await verified(copy);
    const order = (items: { number: number; violation: number }[]) => items.map(({ number, violation }) => [number, violation]);
    expect(order(await leaders(copy))).toEqual(order(await leaders(id)));
    expect((await service.get(`/v1/studies/${copy}/export?provenance=false`)).body).toBe(
      (await service.get(`/v1/studies/${id}/export?provenance=false`)).body,
    );
  });

  it('has no best trial while none keeps the limits, does not fail for it, and reaches no target beyond them', async () => {
    const id = await create({ ...limited, sampler: { type: 'random' }, budget: { trials: 12, targetValue: 0.8 } });
    for (let count = 0; count < 11; count += 1) await deliver(await one(id), { accuracy: 0.9, latency: 201 + count });
    const active = (await service.get(`/v1/studies/${id}`)).json();
    expect(active).toMatchObject({ state: 'active', best: null });
    await deliver(await one(id), { accuracy: 0.85, latency: 199 });
    await ended(id);
    const study = (await service.get(`/v1/studies/${id}`)).json();
    expect(study).toMatchObject({ outcome: { reason: 'target' }, best: { number: 11 } });
    await verified(id);
  });

  it('refuses a result without a limited value, and takes the trial when it has it', async () => {
    const id = await create(limited);
    const trial = await one(id);
    const response = await tell(trial, 'complete', { values: { accuracy: 0.5 } });
    expect(response.json()).toMatchObject({ status: 422, errors: [{ pointer: '/values', detail: 'must have the metric latency' }] });
    await deliver(trial, { accuracy: 0.5, latency: 300 });
    expect((await service.get(`/v1/trials/${trial.id}`)).json()).toMatchObject({ state: 'completed', violation: 0.5 });
  });

  it('asks a known result for its limited values, and ranks it by them', async () => {
    const id = await create(limited);
    const given = (values: Record<string, number>) =>
      service.post(`/v1/studies/${id}/trials`, { trials: [{ parameters: { x: 0.5, n: 3 }, values }] });
    expect((await given({ accuracy: 1 })).json()).toMatchObject({ status: 422, errors: [{ pointer: '/trials/0/values' }] });
    expect((await given({ accuracy: 1, latency: 300 })).statusCode).toBe(201);
    expect(await leaders(id)).toMatchObject([{ number: 0, violation: 0.5 }]);
    await verified(id);
  });

  it('shows the violation in the list as CSV', async () => {
    const id = await finished();
    const [head, first] = (await service.get(`/v1/studies/${id}/trials.csv`)).body.split('\r\n');
    expect(head).toContain(',value,violation,');
    expect(first).toContain(',0.9,1,');
  });

  it('leaves the definition as it was where there are none', async () => {
    const plain = (await service.get(`/v1/studies/${await create()}`)).json();
    const empty = (await service.get(`/v1/studies/${await create({ constraints: [] })}`)).json();
    expect(plain.spec).not.toHaveProperty('constraints');
    expect(empty.definition.digest).toBe(plain.definition.digest);
  });
});
