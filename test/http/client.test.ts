import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { CampaignRequest } from '../../src/api/campaign-request.ts';
import { type Client, createClient } from '../../src/client/client.ts';
import { ProblemError } from '../../src/client/problem-error.ts';
import { geneticStudy, smallCampaign } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let service: TestService;
let baseUrl: string;
let client: Client;
beforeAll(async () => {
  service = await startTestService();
  baseUrl = `${await service.app.listen({ host: '127.0.0.1', port: 0 })}/`;
  client = createClient({ baseUrl });
});
afterAll(() => service[Symbol.asyncDispose]());

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

it('takes a study from its creation to its deletion', async () => {
  const { id } = await client.createStudy({
    preset: 'landscape-2',
    sampler: { population: 4, elites: 2 },
    budget: { generations: 2 },
    name: 'by client',
  });
  expect((await client.pause(id)).state).toBe('paused');
  expect((await client.resume(id)).state).toBe('active');
  expect(await work(service.database)).toBe(6);
  expect(await client.getStudy(id)).toMatchObject({ state: 'completed', trials: { completed: 6 } });
  expect((await all(client.listStudies({ name: 'by client' }))).map((study) => study.id)).toEqual([id]);
  const [best] = await client.leaderboard(id, 1);
  expect(best?.rank).toBe(1);
  expect((await client.getTrial(best?.id ?? '')).measurements).toHaveLength(1);
  expect((await all(client.generations(id))).map(({ number }) => number)).toEqual([0, 1]);
  expect((await all(client.checkpoints(id))).map(({ number }) => number)).toEqual([0, 1, 2]);
  expect(JSON.parse(await client.exportStudy(id)).trials).toHaveLength(6);
  await client.deleteStudy(id);
  await expect(client.getStudy(id)).rejects.toMatchObject({ code: 'study-not-found', status: 404 });
});

it('creates one study, although the answer is lost', async () => {
  let calls = 0;
  const losing: typeof fetch = async (...request) => {
    const answer = await fetch(...request);
    calls += 1;
    if (calls === 1) throw new TypeError('the connection broke');
    return answer;
  };
  const impatient = createClient({ baseUrl, fetch: losing });
  const study = { preset: 'landscape-2', name: 'created once' } as const;
  await expect(impatient.createStudy(study, { idempotencyKey: 'mine' })).rejects.toThrow('the connection broke');
  const { id } = await impatient.createStudy(study, { idempotencyKey: 'mine' });
  calls = 0;
  const patient = await impatient.createStudy({ ...study, name: 'created once too' }, { retrySeconds: 30 });
  expect(calls).toBe(2);
  expect((await all(client.listStudies({ name: 'created once' }))).map((found) => found.id)).toEqual([id]);
  expect((await all(client.listStudies({ name: 'created once too' }))).map((found) => found.id)).toEqual([patient.id]);
  for (const created of [id, patient.id]) await client.cancel(created);
});

it('waits for a change of what it knows, and returns that again if there is none', async () => {
  const { id } = await client.createStudy({ preset: 'landscape-2', name: 'waited for' });
  const known = await client.getStudy(id);
  expect(await client.getStudy(id, { known })).toBe(known);
  expect(await client.getStudy(id, { wait: 1, known })).toBe(known);
  const waiting = client.getStudy(id, { wait: 60, known });
  await client.cancel(id);
  const changed = await waiting;
  expect(changed.state).toBe('cancelled');
  expect(await client.getStudy(id, { wait: 60, known: changed })).toBe(changed);
  const { id: campaignId } = await client.createCampaign(smallCampaign({ name: 'waited for' }) as CampaignRequest); // its literals are widened to string
  const campaign = await client.getCampaign(campaignId);
  expect(await client.getCampaign(campaignId, { wait: 1, known: campaign })).toBe(campaign);
  await client.cancelCampaign(campaignId);
  expect((await client.getCampaign(campaignId, { wait: 60, known: campaign })).state).toBe('cancelled');
  await client.deleteCampaign(campaignId);
  await client.deleteStudy(id);
});

it('takes a campaign from its estimate to its winner and its deletion', async () => {
  const look = await client.dryRunCampaign({ preset: 'landscape', scale: 0.1 });
  expect(look.estimate.total.trials).toBeGreaterThan(0);
  expect(look.scaled.map(({ what }) => what)).toContain('trials of random');
  expect(await all(client.listCampaigns())).toEqual([]);
  const { id } = await client.createCampaign(smallCampaign({ name: 'by client' }) as CampaignRequest); // its literals are widened to string
  await expect(client.winner(id)).rejects.toMatchObject({ code: 'winner-not-known', state: 'active' });
  expect((await client.pauseCampaign(id)).state).toBe('paused');
  expect((await client.resumeCampaign(id)).state).toBe('active');
  await work(service.database);
  expect(await client.getCampaign(id)).toMatchObject({ state: 'completed', upcoming: [] });
  expect((await all(client.listCampaigns({ name: 'by client', state: 'completed' }))).map((campaign) => campaign.id)).toEqual([id]);
  const winner = await client.winner(id);
  expect(winner.repeats.measured).toBe(2);
  expect((await client.finalists(id))[0]).toMatchObject({ winner: true, trialId: winner.trialId });
  expect(JSON.parse(await client.exportCampaign(id)).winner.parameters).toEqual(winner.parameters);
  await client.deleteCampaign(id);
  await expect(client.getCampaign(id)).rejects.toMatchObject({ code: 'campaign-not-found', status: 404 });
  const { id: other } = await client.createCampaign({ preset: 'landscape', scale: 0 });
  expect((await client.cancelCampaign(other)).state).toBe('cancelled');
});

it('follows the pages of a list to its end', async () => {
  const { id } = await client.createStudy({ preset: 'landscape-1', sampler: { population: 450 } });
  expect((await all(client.listTrials(id))).map(({ number }) => number)).toEqual(Array.from({ length: 450 }, (_, index) => index));
  expect(await client.cancel(id)).toMatchObject({ state: 'cancelled' });
  await expect(client.resume(id)).rejects.toMatchObject({ code: 'state-conflict', state: 'cancelled' });
});

it('says what is wrong, every violation of it', async () => {
  const failure = await client.createStudy({ ...geneticStudy(), name: '', seed: -1 } as never).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ProblemError);
  expect(failure).toMatchObject({ code: 'invalid-study', status: 422, errors: [{ pointer: '/name' }, { pointer: '/seed' }] });
  expect(String(failure)).toContain('/seed: must be at least 0, got -1');
});

it('reads the readiness even when it is 503, and names an answer that is no problem document', async () => {
  expect((await client.readiness()).ready).toBe(true);
  const answers = (status: number, body: string) =>
    createClient({ baseUrl: 'http://service', fetch: async () => new Response(body, { status }) });
  expect((await answers(503, '{"ready":false}').readiness()).ready).toBe(false);
  await expect(answers(502, '<html>').getStudy('x')).rejects.toMatchObject({ code: 'unexpected-answer', status: 502 });
});

it('has the presets', async () => {
  expect((await client.presets()).map(({ name }) => name)).toEqual(expect.arrayContaining(['landscape-1', 'landscape-2']));
  expect((await client.presets()).map(({ name }) => name)).toContain('landscape');
});

it('asks once more after a 503 that says when, only where nothing is changed by it', async () => {
  let sent = 0;
  const failingTimes = (failures: number) =>
    createClient({
      baseUrl: 'http://service',
      fetch: async () => {
        sent += 1;
        const problem = { code: 'service-unavailable', status: 503, detail: 'gone', errors: [] };
        return sent <= failures ? Response.json(problem, { status: 503, headers: { 'retry-after': '0' } }) : Response.json({ items: [] });
      },
    });
  expect(await failingTimes(1).presets()).toEqual([]);
  expect(sent).toBe(2);
  sent = 0;
  await expect(failingTimes(2).presets()).rejects.toMatchObject({ code: 'service-unavailable' });
  expect(sent).toBe(2);
  sent = 0;
  await expect(failingTimes(1).pause('x')).rejects.toMatchObject({ code: 'service-unavailable' });
  expect(sent).toBe(1);
});
