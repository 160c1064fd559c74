import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { trialQueue } from '../../src/store/queue/queue.ts';
import { externalStudy, geneticStudy, smallCampaign, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());
beforeEach(async () => {
  // A study that stays active would get the trials of the next test.
  for (const { id, state } of (await service.get('/v1/studies?limit=200&campaign=none')).json().items)
    if (state === 'active' || state === 'paused') await service.post(`/v1/studies/${id}/cancel`);
});

const random = { sampler: { type: 'random' }, budget: { trials: 6 } };
const create = async (definition: object): Promise<string> => (await service.post('/v1/studies', definition)).json().id;
const extend = (id: string, budget: object) => service.post(`/v1/studies/${id}/extend`, { budget });
const change = (id: string, payload: object) => service.request({ method: 'PATCH', url: `/v1/studies/${id}`, payload });
const read = async (id: string) => (await service.get(`/v1/studies/${id}`)).json();
const verify = async (id: string) => (await service.post(`/v1/studies/${id}/verify`)).json();
const eventsOf = async (id: string, type: string): Promise<unknown[]> =>
  (await service.get(`/v1/studies/${id}/events?limit=200`))
    .json()
    .items.flatMap((event: { type: string; data: unknown }) => (event.type === type ? [event.data] : []));

async function completed(definition: object): Promise<string> {
  const id = await create(definition);
  await work(service.database);
  expect((await read(id)).state).toBe('completed');
  return id;
}

describe('POST /v1/studies/{studyId}/extend', () => {
  it('makes a study that ended active under its new budget, logs both budgets, and shows what was changed', async () => {
    const id = await completed(geneticStudy(random));
    const before = await read(id);
    const answer = await extend(id, { trials: 9 });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json()).toMatchObject({
      state: 'active',
      outcome: null,
      endedAt: null,
      spec: { budget: { trials: 9 } },
      changes: { budget: { trials: 9 } },
      definition: before.definition,
      progress: { planned: 9, finished: 6 },
    });
    expect(await eventsOf(id, 'study-extended')).toEqual([
      { version: 2, from: { trials: 6 }, to: { trials: 9 }, observed: 6, checkpoints: 1 },
    ]);
    const listed = (await service.get(`/v1/studies?name=small&limit=1`)).json().items[0];
    expect(listed).toMatchObject({ id, state: 'active', progress: { planned: 9 } });
    await work(service.database);
    expect(await read(id)).toMatchObject({ state: 'completed', outcome: { detail: '9 trials are done' } });
    expect(await verify(id)).toMatchObject({ verified: true, trials: 9 });
  });

  it('changes nothing where an active study has that budget, so that it can be sent again', async () => {
    const id = await create(geneticStudy(random));
    expect((await extend(id, { trials: 8 })).statusCode).toBe(200);
    const before = await service.checksum();
    expect((await extend(id, { trials: 8 })).json().spec.budget).toEqual({ trials: 8 });
    expect(await service.checksum()).toBe(before);
  });

  const target = { ...random, budget: { trials: 6, wallClockSeconds: 1000, targetValue: 0.95 } };
  const minimized = { ...target, metrics: [{ name: 'value', direction: 'minimize' }], budget: { trials: 6, targetValue: -1 } };
  it.each([
    ['a lower limit', target, { trials: 5, wallClockSeconds: 10 }, ['/budget/trials', '/budget/wallClockSeconds']],
    ['an easier target', target, { targetValue: 0.9 }, ['/budget/targetValue']],
    ['an easier target of a value to minimise', minimized, { targetValue: -0.5 }, ['/budget/targetValue']],
    ['a limit that the study does not have', random, { wallClockSeconds: 99 }, ['/budget/wallClockSeconds']],
    ['generations of a search without them', random, { generations: 99 }, ['/budget/generations']],
    ['the last limit removed', random, { trials: null }, ['/budget']],
    ['no number', random, { trials: 'more' }, ['/budget/trials']],
    ['an unknown limit', random, { hours: 1 }, ['/budget/hours']],
  ])('refuses %s, and names it', async (_, definition, budget, pointers) => {
    const id = await create(geneticStudy(definition));
    const before = await service.checksum();
    const answer = await extend(id, budget);
    expect(answer.json()).toMatchObject({ status: 422, code: 'invalid-change' });
    expect(answer.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
    expect(await service.checksum()).toBe(before);
  });

  it.each([
    ['raises nothing', { trials: 6 }, '/budget', 'raises no limit'],
    ['leaves another limit spent', { wallClockSeconds: 2000 }, '/budget/trials', '6 trials are done'],
  ])('refuses a budget that %s for a study that ended', async (_, budget, pointer, detail) => {
    const id = await completed(geneticStudy({ ...random, budget: { trials: 6, wallClockSeconds: 1000 } }));
    const answer = (await extend(id, budget)).json();
    expect(answer).toMatchObject({ status: 422, errors: [{ pointer, detail: expect.stringContaining(detail) }] });
  });

  it('says what to do with a study that was cancelled, and with one that failed', async () => {
    const cancelled = await create(geneticStudy(random));
    await service.post(`/v1/studies/${cancelled}/cancel`);
    expect((await extend(cancelled, { trials: 9 })).json()).toMatchObject({
      status: 409,
      code: 'state-conflict',
      state: 'cancelled',
      detail: expect.stringContaining('fork it'),
    });
    expect((await extend(unknownId, { trials: 9 })).json()).toMatchObject({ code: 'study-not-found' });
  });

  it('knows that a search has no more points', async () => {
    const grid = { sampler: { type: 'grid', axes: { learningRate: { points: 2 }, hiddenUnits: { points: 2 } } } };
    const whole = await completed(geneticStudy({ ...grid, budget: {} }));
    const limited = await completed(geneticStudy({ ...grid, budget: { trials: 4, wallClockSeconds: 1000 } }));
    for (const id of [whole, limited])
      expect((await extend(id, { wallClockSeconds: null, trials: null })).json()).toMatchObject({
        status: 409,
        code: 'state-conflict',
        detail: expect.stringContaining('all its 4 points are tried'),
      });
    const running = await create(geneticStudy({ ...grid, budget: { trials: 4 } }));
    expect((await extend(running, { trials: 5 })).json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/budget/trials', detail: expect.stringContaining('has only 4 points') }],
    });
  });

  it('leaves the parts of a campaign to it', async () => {
    const campaign = (await service.post('/v1/campaigns', smallCampaign())).json();
    const part = campaign.parts[0].studyId;
    for (const answer of [await extend(part, { trials: 99 }), await change(part, { priority: 1 })])
      expect(answer.json()).toMatchObject({ status: 409, code: 'study-in-campaign', detail: expect.stringContaining('campaign') });
    await service.post(`/v1/campaigns/${campaign.id}/cancel`);
  });

  it('gives more trials to workers who ask a process that knew the study before', async () => {
    const id = await create(externalStudy({ budget: { trials: 2 } }));
    const ask = async () => (await service.post(`/v1/studies/${id}/ask`, { worker: 'test', count: 5 })).json();
    const finish = async (trials: { id: string; lease: { token: string } }[]): Promise<void> => {
      for (const { id: trial, lease } of trials)
        await service.post(`/v1/trials/${trial}/complete`, { token: lease.token, values: { accuracy: 0.5 } });
    };
    await finish((await ask()).trials);
    expect((await ask()).waiting).toMatchObject({ reason: 'ended' });
    expect((await extend(id, { trials: 4 })).json().state).toBe('active');
    const { trials } = await ask();
    expect(trials.map(({ number }: { number: number }) => number)).toEqual([2, 3]);
    await finish(trials);
    expect((await ask()).waiting).toMatchObject({ reason: 'ended' });
    expect(await verify(id)).toMatchObject({ verified: true, trials: 4 });
  });
});

describe('PATCH /v1/studies/{studyId}', () => {
  it('replaces the labels, also after the end, and lists filter by them', async () => {
    const id = await completed(geneticStudy({ ...random, labels: { team: 'one' } }));
    const answer = await change(id, { labels: { stage: 'done' } });
    expect(answer.json()).toMatchObject({
      state: 'completed',
      spec: { labels: { stage: 'done' } },
      changes: { labels: { stage: 'done' } },
    });
    const found = async (label: string) =>
      (await service.get(`/v1/studies?label=${label}`)).json().items.map((study: { id: string }) => study.id);
    expect([await found('stage=done'), (await found('team=one')).includes(id)]).toEqual([[id], false]);
    expect(await eventsOf(id, 'study-changed')).toEqual([
      { version: 2, from: { labels: { team: 'one' } }, to: { labels: { stage: 'done' } } },
    ]);
    expect((await change(id, { priority: 3 })).json()).toMatchObject({ status: 409, code: 'state-conflict', state: 'completed' });
    expect(await verify(id)).toMatchObject({ verified: true });
    const document = (await service.get(`/v1/studies/${id}/export`)).json();
    const copy = (await service.post('/v1/studies/import', { document })).json();
    expect(copy).toMatchObject({ spec: { labels: { stage: 'done' } }, changes: { labels: { stage: 'done' } } });
    expect(await verify(copy.id)).toMatchObject({ verified: true, digest: (await verify(id)).digest });
  });

  it('orders the queue by priority, trials that are queued later included', async () => {
    const first = await create(geneticStudy({ ...random, name: 'first', parallelism: 2 }));
    const urgent = await create(geneticStudy({ ...random, name: 'urgent', parallelism: 2, budget: { trials: 3 } }));
    expect((await change(urgent, { priority: 5 })).json()).toMatchObject({ priority: 5, changes: null });
    const queue = trialQueue(service.database);
    const studies: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      const trial = await queue.claim(randomUUID(), 60);
      if (!trial) break;
      studies.push(trial.studyId);
      await queue.complete(trial, { step: 1, values: { value: 1, spread: 0 }, resultKey: trial.trialId, checkpoint: null }, false);
      await service.post(`/v1/studies/${urgent}/resume`);
    }
    expect(studies).toEqual([urgent, urgent, urgent, first]);
    expect(await verify(urgent)).toMatchObject({ verified: true });
  });

  it('gives its priority to trials that workers ask for', async () => {
    const id = await create(externalStudy());
    await change(id, { priority: -2 });
    const { trials } = (await service.post(`/v1/studies/${id}/ask`, { worker: 'test' })).json();
    const row = await service.database.trial.findUniqueOrThrow({ where: { id: trials[0].id } });
    expect(row.priority).toBe(-2);
  });

  it('changes the parallelism from the next step on, and shows it', async () => {
    const id = await create(geneticStudy({ ...random, parallelism: 1 }));
    const { etag } = (await service.get(`/v1/studies/${id}`)).headers;
    expect((await change(id, { parallelism: 3, labels: {} })).json()).toMatchObject({
      spec: { parallelism: 3 },
      changes: { parallelism: 3 },
      trials: { queued: 3 },
    });
    expect((await service.get(`/v1/studies/${id}`, { 'if-none-match': String(etag) })).statusCode).toBe(200);
    expect((await change(id, { parallelism: 1 })).json()).toMatchObject({ spec: { parallelism: 1 }, trials: { queued: 3 } });
    expect(await eventsOf(id, 'study-changed')).toEqual([
      { version: 2, from: { parallelism: 1 }, to: { parallelism: 3 } },
      { version: 2, from: { parallelism: 3 }, to: { parallelism: 1 } },
    ]);
    const before = await service.checksum();
    for (const same of [{}, { parallelism: 1, priority: 0 }]) expect((await change(id, same)).statusCode).toBe(200);
    expect(await service.checksum()).toBe(before);
    await work(service.database);
    expect(await verify(id)).toMatchObject({ verified: true, trials: 6 });
  });

  it.each([
    [
      'another parallelism of a search that it shapes',
      { sampler: { type: 'tpe' }, budget: { trials: 9 } },
      { parallelism: 2 },
      ['/parallelism'],
    ],
    [
      'a window that is too wide',
      { sampler: { type: 'tpe' }, budget: { trials: 9 }, schedule: 'asynchronous' },
      { parallelism: 101 },
      ['/parallelism'],
    ],
    [
      'values out of range',
      random,
      { parallelism: 0, priority: 1001, labels: { 'a b': 'c' } },
      ['/labels/a b', '/priority', '/parallelism'],
    ],
    ['a budget', random, { budget: { trials: 9 } }, ['/budget']],
  ])('refuses %s', async (_, definition, body, pointers) => {
    const id = await create(geneticStudy(definition));
    const before = await service.checksum();
    const answer = (await change(id, body)).json();
    expect(answer).toMatchObject({ status: 422, code: 'invalid-change' });
    expect(answer.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
    expect(await service.checksum()).toBe(before);
  });

  describe('with If-Match', () => {
    const changeIf = (id: string, etag: string, payload: object) =>
      service.request({ method: 'PATCH', url: `/v1/studies/${id}`, headers: { 'if-match': etag }, payload });

    it('changes the study that was read, and answers with its new ETag', async () => {
      const id = await create(geneticStudy(random));
      for (const encoding of ['identity', 'gzip']) {
        const { etag } = (await service.app.inject({ url: `/v1/studies/${id}`, headers: { 'accept-encoding': encoding } })).headers;
        expect(/^W/.test(String(etag))).toBe(encoding === 'gzip');
        const answer = await changeIf(id, `"other", ${String(etag)}`, { labels: { read: encoding } });
        expect(answer.json()).toMatchObject({ spec: { labels: { read: encoding } } });
        expect(answer.headers.etag).toBe((await service.get(`/v1/studies/${id}`)).headers.etag);
      }
      expect((await changeIf(id, '*', { labels: {} })).statusCode).toBe(200);
      expect((await changeIf(unknownId, '"any"', { labels: {} })).json()).toMatchObject({ code: 'study-not-found' });
    });

    it('refuses what would overwrite the change of another, and changes nothing then', async () => {
      const id = await create(geneticStudy(random));
      const { etag } = (await service.get(`/v1/studies/${id}`)).headers;
      await change(id, { labels: { team: 'one' } });
      const before = await service.checksum();
      const refused = await changeIf(id, String(etag), { labels: { team: 'two' } });
      expect(refused.json()).toMatchObject({ status: 412, code: 'precondition-failed', detail: expect.stringContaining('read it again') });
      expect(refused.headers.etag).toBeUndefined();
      expect(await service.checksum()).toBe(before);
    });

    it('lets one of many changes of what all have read win', async () => {
      const id = await create(geneticStudy(random));
      const { etag } = (await service.get(`/v1/studies/${id}`)).headers;
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, own) => changeIf(id, String(etag), { labels: { own: String(own) } })),
      );
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412, 412, 412, 412, 412]);
      expect(await eventsOf(id, 'study-changed')).toHaveLength(1);
    });
  });
});
