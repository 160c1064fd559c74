import { randomUUID } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AskedTrialRepresentation } from '../../src/api/ask.ts';
import { createTestDatabase, type TestDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { eventually } from '../support/eventually.ts';
import { testAsking } from './asking.ts';
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

it('a client that left while it waited gets no trial', async () => {
  const [service] = services;
  if (!service) throw new Error('the service has started');
  await using asking = testAsking(service.database, service.url);
  const definition = externalStudy({ sampler: { type: 'random' }, parallelism: 1 });
  const { id } = (await service.post('/v1/studies', definition)).json();
  const [held] = (await service.post(`/v1/studies/${id}/ask`, { worker: 'test' })).json().trials;
  const gone = new AbortController();
  const request = { token: randomUUID(), worker: 'gone', leaseSeconds: 60, isRepeatable: false };
  const waiting = asking.dispatcher.askWaiting({ studies: { named: [id] }, requests: [request], ms: 60_000, whenGone: () => gone.signal });
  await eventually(() => getEventListeners(gone.signal, 'abort').length === 1, { until: 'the request waits' });
  // A request that waits looks again every second: it must not do so between these two.
  await runSql(service.url, `UPDATE trial SET state = 'queued', lease_token = NULL, lease_until = NULL WHERE id = '${held.id}'`);
  gone.abort();
  expect((await waiting).trials).toEqual([]);
  expect((await service.get(`/v1/trials/${held.id}`)).json().state).toBe('queued');
});

it('a request that waits gets a suggestion of a slow sampler as soon as it is stored here', async () => {
  const [service] = services;
  if (!service) throw new Error('the service has started');
  // It does not look again by itself while the test lasts.
  await using asking = testAsking(service.database, service.url, { lookAgainMs: 600_000 });
  const definition = externalStudy({ sampler: { type: 'random' }, parallelism: 1 });
  const { id } = (await service.post('/v1/studies', definition)).json();
  const [held] = (await service.post(`/v1/studies/${id}/ask`, { worker: 'test' })).json().trials;
  const { signal } = new AbortController();
  const request = { token: randomUUID(), worker: 'waits', leaseSeconds: 60, isRepeatable: false };
  const waiting = asking.dispatcher.askWaiting({ studies: { named: [id] }, requests: [request], ms: 600_000, whenGone: () => signal });
  await eventually(() => getEventListeners(signal, 'abort').length === 1, { until: 'the request waits' });
  await runSql(service.url, `UPDATE trial SET state = 'queued', lease_token = NULL, lease_until = NULL WHERE id = '${held.id}'`);
  asking.dispatcher.planned(id);
  expect((await waiting).trials).toMatchObject([{ trialId: held.id }]);
});

it('of two processes that report other values for one step at once, one stores its report whole and the other nothing', async () => {
  const [service] = services;
  if (!service) throw new Error('the service has started');
  const { id } = (await service.post('/v1/studies', externalStudy({ sampler: { type: 'random' } }))).json();
  const [trial] = (await service.post(`/v1/studies/${id}/ask`, { worker: 'test' })).json().trials;
  for (let round = 1; round <= 30; round += 1) {
    // The first step of the second report is new: it must not be stored if the second one is refused.
    const steps = (process: number) => (process === 0 ? [10 * round] : [10 * round - 1, 10 * round]);
    const answers = await Promise.all(
      services.map((one, process) => {
        const reports = steps(process).map((step) => ({ step, values: { accuracy: process } }));
        return one.post(`/v1/trials/${trial.id}/reports`, { token: trial.lease.token, reports });
      }),
    );
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 409]);
    const { measurements } = (await service.get(`/v1/trials/${trial.id}`)).json();
    const stored = measurements.filter(({ step }: { step: number }) => step > 10 * round - 2);
    const winner = answers.findIndex(({ statusCode }) => statusCode === 200);
    expect(stored).toEqual(steps(winner).map((step) => expect.objectContaining({ step, values: { accuracy: winner } })));
  }
});

it('a request to all studies goes on waiting when one ends, and gets a trial of the next one', async () => {
  const [service] = services;
  if (!service) throw new Error('the service has started');
  await runSql(service.url, `UPDATE study SET state = 'cancelled', ended_at = clock_timestamp() WHERE ended_at IS NULL`);
  const only = (await service.post('/v1/studies', externalStudy({ sampler: { type: 'random' }, budget: { trials: 1 } }))).json();
  const [trial] = (await service.post('/v1/ask', { worker: 'test' })).json().trials;
  expect(trial).toMatchObject({ studyId: only.id });
  const waiting = service.post('/v1/ask', { worker: 'test', waitSeconds: 20 });
  await service.post(`/v1/trials/${trial.id}/complete`, { token: trial.lease.token, values: { accuracy: 1 } });
  await eventually(async () => (await service.get(`/v1/studies/${only.id}`)).json().state === 'completed', {
    until: 'the study has ended',
  });
  const idle = await service.post('/v1/ask', { worker: 'test' });
  expect(idle.json()).toMatchObject({ trials: [], waiting: { reason: 'no-study', retryAfterSeconds: 10 } });
  const next = (await service.post('/v1/studies', externalStudy({ sampler: { type: 'random' } }))).json();
  expect((await waiting).json().trials).toMatchObject([{ studyId: next.id }]);
});
