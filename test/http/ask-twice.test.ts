import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AskedTrialRepresentation } from '../../src/api/ask.ts';
import { createTestDatabase, type TestDatabase } from '../store/database.ts';
import { externalStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

/** Two processes on one database. */
let database: TestDatabase;
let services: TestService[];
beforeAll(async () => {
  database = await createTestDatabase();
  const shared = { url: database.url, [Symbol.asyncDispose]: async () => undefined };
  services = [await startTestService({}, shared), await startTestService({}, shared)];
});
afterAll(async () => {
  for (const service of services) await service[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

it('a request with a key that reaches two processes at once gets the same trials from both, new ones and returned ones', async () => {
  const [service] = services;
  const created = await service?.post('/v1/studies', externalStudy({ sampler: { type: 'random' }, budget: { trials: 1000 } }));
  const url = `/v1/studies/${created?.json().id}/ask`;
  const payload = { worker: 'test', count: 3 };
  // More wait than one request gets: each process could give it others.
  const asked = (await service?.post(url, { worker: 'test', count: 12 }))?.json().trials ?? [];
  for (const { id, lease } of asked) await service?.post(`/v1/trials/${id}/release`, { token: lease.token });
  for (let round = 0; round < 40; round += 1) {
    const headers = { 'idempotency-key': `round-${round}` };
    const answers = await Promise.all(services.map((one) => one.request({ method: 'POST', url, headers, payload })));
    const [first, second] = answers.map((answer): AskedTrialRepresentation[] => {
      expect(answer.statusCode, answer.body).toBe(200);
      return answer.json().trials.toSorted((a: AskedTrialRepresentation, b: AskedTrialRepresentation) => a.number - b.number);
    });
    expect(second).toEqual(first);
    const returned = first?.slice(round % 3) ?? [];
    for (const { id, lease } of returned) await service?.post(`/v1/trials/${id}/release`, { token: lease.token });
  }
});
