import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const definition = (changes: Record<string, unknown> = {}) => ({
  name: 'own workers',
  searchSpace: [
    { type: 'float', name: 'x', low: 0, high: 1 },
    { type: 'int', name: 'n', low: 1, high: 9 },
  ],
  metrics: [{ name: 'accuracy' }],
  sampler: { type: 'tpe', startupTrials: 3 },
  budget: { trials: 6 },
  seed: 7,
  objective: { type: 'external', metrics: [{ name: 'accuracy', direction: 'maximize' }] },
  ...changes,
});

interface Asked {
  readonly id: string;
  readonly number: number;
  readonly attempt: number;
  readonly parameters: { readonly x: number; readonly n: number };
  readonly lease: { readonly token: string };
  readonly resume: unknown;
}

async function create(changes: Record<string, unknown> = {}): Promise<string> {
  const response = await service.post('/v1/studies', definition(changes));
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

describe('a study whose trials workers ask for', () => {
  it('is searched to its end, and follows from its results', async () => {
    const id = await create();
    for (let count = 0; count < 6; count += 1) {
      const [trial] = await ask(id, { waitSeconds: 5 });
      expect(trial?.number).toBe(count);
      if (trial) await complete(trial, 1 - Math.abs(trial.parameters.x - 0.3));
    }
    const over = await service.post(`/v1/studies/${id}/ask`, { worker: 'test', waitSeconds: 5 });
    expect(over.json()).toMatchObject({ trials: [], waiting: { reason: 'ended', retryAfterSeconds: null } });
    const study = (await service.get(`/v1/studies/${id}`)).json();
    expect(study).toMatchObject({ state: 'completed', outcome: { reason: 'budget' }, trials: { completed: 6 }, spec: { schedule: 'asynchronous' } });
    const verified = await service.request({ method: 'POST', url: `/v1/studies/${id}/verify` });
    expect(verified.json(), verified.body).toMatchObject({ verified: true, differences: [] });
  });
});
