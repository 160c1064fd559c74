import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSql } from '../store/server.ts';
import { unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { workerClient } from './worker-client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const { create, tell, complete, expire, one, verified } = workerClient(() => service);

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

  it('delivers the values of the checkpoint at which it resumed if nothing was left to do', async () => {
    const id = await create();
    const lost = await one(id);
    const reports = [1, 2].map((step) => ({ step, values: { accuracy: step / 10 }, checkpoint: `store/${step}` }));
    await tell(lost, 'reports', { reports });
    await expire(lost);
    const again = await one(id);
    expect(again.resume).toMatchObject({ step: 2 });
    for (const _ of ['first', 'again']) expect((await tell(again, 'complete')).json()).toMatchObject({ state: 'completed', value: 0.2 });
    const shown = (await service.get(`/v1/trials/${lost.id}`)).json();
    expect(shown).toMatchObject({ value: 0.2, values: { accuracy: 0.2 }, stepsDone: 2, stepsTrained: 2, attempts: 2 });
    expect(shown.measurements).toMatchObject([{ step: 2, values: { accuracy: 0.2 } }]);
    expect(shown.worker).toMatchObject({ checkpoint: 'store/2' });
    await one(id);
    await verified(id);
  });

  it('may not deliver a checkpoint behind which a step was reported: that step is left to do', async () => {
    const id = await create();
    const lost = await one(id);
    const reports = [1, 2].map((step) => ({ step, values: { accuracy: step / 10 }, ...(step === 1 && { checkpoint: 'store/1' }) }));
    await tell(lost, 'reports', { reports });
    await expire(lost);
    const again = await one(id);
    expect(again.resume).toMatchObject({ step: 1 });
    expect((await tell(again, 'complete')).json()).toMatchObject({ status: 422, errors: [{ pointer: '/values' }] });
    expect((await tell(again, 'complete', { values: { accuracy: 0.2 } })).json()).toMatchObject({ value: 0.2 });
    expect((await service.get(`/v1/trials/${lost.id}`)).json()).toMatchObject({ stepsDone: 1, attempts: 2 });
  });

  it('may not deliver a checkpoint without the metric, nor one of a later attempt', async () => {
    const id = await create();
    const lost = await one(id);
    await expire(lost);
    const second = await one(id);
    await tell(second, 'reports', { reports: [{ step: 1, values: { loss: 1 }, checkpoint: 'store/1' }] });
    expect((await tell(lost, 'complete')).json()).toMatchObject({ status: 422, errors: [{ pointer: '/values' }] });
    await expire(second);
    const third = await one(id);
    expect((await tell(third, 'complete')).json()).toMatchObject({ status: 422, errors: [{ pointer: '/values' }] });
    await tell(third, 'reports', { reports: [{ step: 2, values: { accuracy: 0.5 }, checkpoint: 'store/2' }] });
    expect((await tell(lost, 'complete')).json()).toMatchObject({ status: 422, errors: [{ pointer: '/values' }] });
    expect((await tell(third, 'complete')).json()).toMatchObject({ value: 0.5 });
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
