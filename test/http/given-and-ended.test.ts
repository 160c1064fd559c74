import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from './service.ts';
import { workerClient } from './worker-client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const { ask, complete, create } = workerClient(() => service);

const trialsOf = (id: string) => `/v1/studies/${id}/trials`;

async function add(id: string, trials: readonly object[]): Promise<readonly object[]> {
  const response = await service.post(trialsOf(id), { trials });
  expect(response.statusCode, response.body).toBe(201);
  return response.json().trials;
}

describe('a study that ends before all given trials are done', () => {
  const enqueued = (x: number) => ({ parameters: { x, n: 3 } });

  async function expectImported(id: string): Promise<void> {
    const verified = await service.request({ method: 'POST', url: `/v1/studies/${id}/verify` });
    expect(verified.json()).toMatchObject({ verified: true, differences: [] });
    const text = (await service.get(`/v1/studies/${id}/export?provenance=false`)).body;
    const imported = await service.post('/v1/studies/import', { document: JSON.parse(text) });
    expect(imported.statusCode, imported.body).toBe(201);
    expect((await service.get(`/v1/studies/${imported.json().id}/export?provenance=false`)).body).toBe(text);
  }

  it.each(['random', 'tpe'])('by its target counts those of its definition: %s', async (type) => {
    const givenTrials = [
      { ...enqueued(0.1), values: { accuracy: 0.2 } },
      enqueued(0.2),
      { ...enqueued(0.3), values: { accuracy: 0.9 } },
      enqueued(0.4),
    ];
    for (const schedule of ['deterministic', 'asynchronous']) {
      const id = await create({ sampler: { type }, schedule, budget: { trials: 20, targetValue: 0.5 }, givenTrials });
      const [trial] = await ask(id);
      if (!trial) throw new Error('a trial was enqueued');
      expect(trial.number).toBe(1);
      await complete(trial, 0.7);
      await expect
        .poll(async () => (await service.get(`/v1/studies/${id}`)).json().outcome, { timeout: 5000 })
        .toMatchObject({
          reason: 'target',
          lastTrial: 3,
        });
      await expectImported(id);
    }
  });

  it('leaves out an enqueued trial behind the one that reached the target', async () => {
    const id = await create({
      sampler: { type: 'random' },
      schedule: 'deterministic',
      parallelism: 3,
      budget: { trials: 20, targetValue: 0.5 },
    });
    const trials = await ask(id, { count: 3 });
    await add(id, [enqueued(0.4)]);
    for (const trial of trials) await complete(trial, trial.number === 1 ? 0.7 : 0.1);
    await expect
      .poll(async () => (await service.get(`/v1/studies/${id}`)).json().outcome, { timeout: 5000 })
      .toMatchObject({ reason: 'target' });
    await expectImported(id);
  });

  it.each([
    { sampler: { type: 'genetic', population: 3, elites: 1 }, sizes: [3, 2] },
    { sampler: { type: 'cma-es', population: 4 }, sizes: [4, 4] },
  ])(
    'takes no configuration behind its last generation, and says what to do ($sampler.type)',
    async ({ sampler, sizes: [first, second] }) => {
      const id = await create({ sampler, budget: { generations: 2 } });
      for (const trial of await ask(id, { count: first })) await complete(trial, 0.1 * trial.number);
      await expect.poll(async () => (await ask(id, { count: second })).length, { timeout: 5000 }).toBe(second);
      const late = await service.post(trialsOf(id), { trials: [enqueued(0.4)] });
      expect(late.json()).toMatchObject({
        status: 409,
        code: 'state-conflict',
        detail: expect.stringContaining('extend its budget first'),
      });
      expect((await service.post(`/v1/studies/${id}/extend`, { budget: { generations: 3 } })).statusCode).toBe(200);
      expect(await add(id, [enqueued(0.4)])).toMatchObject([{ state: 'queued' }]);
    },
  );
});

it('an extension that is sent again with its key changes nothing more, also after the study has ended again', async () => {
  const id = await create({ sampler: { type: 'random' }, budget: { trials: 1 } });
  const finish = async () => {
    for (const trial of await ask(id, { count: 5 })) await complete(trial, 0.3);
    await expect.poll(async () => (await service.get(`/v1/studies/${id}`)).json().state, { timeout: 5000 }).toBe('completed');
  };
  const extend = (trials: number) =>
    service.request({
      method: 'POST',
      url: `/v1/studies/${id}/extend`,
      headers: { 'idempotency-key': 'once' },
      payload: { budget: { trials } },
    });
  await finish();
  expect((await extend(2)).json()).toMatchObject({ state: 'active', spec: { budget: { trials: 2 } } });
  await finish();
  expect((await extend(2)).json()).toMatchObject({ state: 'completed', spec: { budget: { trials: 2 } } });
  expect((await extend(3)).json()).toMatchObject({ status: 422, code: 'key-reused' });
});
