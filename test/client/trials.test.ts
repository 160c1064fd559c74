import { describe, expect, test } from 'vitest';
import { FakeService, problem, studyId, unavailable } from './fake-service.ts';

/** A service that is away for the first requests of a kind. */
function awayFor(failures: number, verb: string, away: () => Response | Promise<Response> = unavailable): FakeService {
  let left = failures;
  return new FakeService({
    intercept: (request) => {
      if (request.verb !== verb || left === 0) return undefined;
      left -= 1;
      return away();
    },
  });
}

const worker = { worker: 'host:1' };
/** The only trial of the service. */
async function taken(service: FakeService) {
  const [trial] = (await service.client.ask(studyId, worker)).trials;
  if (!trial) throw new Error('there is no trial');
  return trial;
}

describe('a request of a worker', () => {
  test.each([
    ['the service answers 503', unavailable],
    ['the connection fails', () => Promise.reject(new TypeError('fetch failed'))],
    ['no answer comes in time', () => Promise.reject(new DOMException('too late', 'TimeoutError'))],
  ])('is repeated under the same key when %s', async (_, away) => {
    const service = awayFor(2, 'ask', away);
    const errors: unknown[] = [];
    await service.client.ask(studyId, worker, { onRetry: (error) => errors.push(error) });
    const keys = service.of('ask').map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toEqual([expect.stringMatching(/^"[0-9a-f]{32}"$/), keys[0], keys[0]]);
    expect(errors).toHaveLength(2);
  });

  test('adds trials once, under one key, with values that JSON cannot write', async () => {
    const sent: { readonly body: unknown; readonly key: string | null }[] = [];
    const answer = { trials: [{ id: studyId, number: 3, state: 'completed' }] };
    const service = new FakeService({
      intercept: ({ body, idempotencyKey }) => {
        sent.push({ body, key: idempotencyKey });
        return sent.length === 1 ? unavailable() : Response.json(answer, { status: 201 });
      },
    });
    const added = await service.client.addTrials(studyId, [
      { parameters: { x: 1 }, values: { loss: Number.NaN } },
      { parameters: { x: 2 } },
    ]);
    expect(added).toEqual(answer.trials);
    expect(sent[0]?.body).toEqual({ trials: [{ parameters: { x: 1 }, values: { loss: 'NaN' } }, { parameters: { x: 2 } }] });
    expect(sent).toEqual([sent[0], sent[0]]);
  });

  test('is repeated when its answer breaks off', async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new TypeError('terminated')) });
    const service = awayFor(1, 'ask', () => new Response(broken));
    expect((await service.client.ask(studyId, worker)).trials).toHaveLength(1);
  });

  test('is not repeated after a refusal, nor after its time', async () => {
    const refused = new FakeService({ intercept: () => problem(409, 'not-external') });
    await expect(refused.client.ask(studyId, worker)).rejects.toMatchObject({ code: 'not-external' });
    expect(refused.received).toHaveLength(1);
    const away = new FakeService({ intercept: () => problem(503, 'service-unavailable') });
    await expect(away.client.ask(studyId, worker, { retrySeconds: 0 })).rejects.toMatchObject({ status: 503 });
    expect(away.received).toHaveLength(1);
  });

  test('is abandoned by its signal, also between two repetitions', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    const service = new FakeService({ intercept: () => problem(503, 'service-unavailable', { 'retry-after': '9' }) });
    const answer = service.client.ask(studyId, worker, { signal: stop.signal, onRetry: () => setImmediate(() => stop.abort(reason)) });
    await expect(answer).rejects.toBe(reason);
    expect(service.received).toHaveLength(1);
  });

  test('has a key of its own, except a heartbeat, whose stored answer would renew nothing', async () => {
    const service = new FakeService({ trials: 4 });
    await service.client.heartbeat(await taken(service));
    await service.client.complete(await taken(service), { values: { accuracy: 1 } });
    await service.client.fail(await taken(service), { error: 'out of memory', retry: false });
    await service.client.release(await taken(service));
    expect(service.of('heartbeat').map(({ idempotencyKey }) => idempotencyKey)).toEqual([null]);
    const keys = service.received.filter(({ verb }) => verb !== 'heartbeat').map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).not.toContain(null);
    expect(new Set(keys).size).toBe(7);
    expect(service.states()).toEqual(['running', 'completed', 'failed', 'queued']);
  });
});

test('a value that JSON cannot write is sent by its name, in reports and results', async () => {
  const service = new FakeService();
  const trial = await taken(service);
  const values = { accuracy: 0.5, loss: Number.NaN, up: Number.POSITIVE_INFINITY, down: Number.NEGATIVE_INFINITY, none: null };
  const written = { accuracy: 0.5, loss: 'NaN', up: 'Infinity', down: '-Infinity', none: null };
  await service.client.report(trial, { step: 1, values, checkpoint: 's3://models/1' });
  await service.client.complete(trial, { values, attributes: { commit: 'abc' } });
  const { token } = trial.lease;
  expect(service.of('reports')[0]?.body).toEqual({ token, reports: [{ step: 1, values: written, checkpoint: 's3://models/1' }] });
  expect(service.of('complete')[0]?.body).toEqual({ token, values: written, attributes: { commit: 'abc' } });
});

test('trials of any study are asked for at their own address', async () => {
  const service = new FakeService();
  expect((await service.client.askAny({ ...worker, studies: [studyId] })).trials).toHaveLength(1);
  expect(service.received[0]).toMatchObject({ path: '/v1/ask', body: { worker: 'host:1', studies: [studyId] } });
});
