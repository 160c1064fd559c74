import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSql } from '../store/server.ts';
import { externalStudy, geneticStudy, smallCampaign } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const send = (url: string, key: string, payload: object) =>
  service.request({ method: 'POST', url, headers: { 'idempotency-key': key }, payload });

async function count(table: 'study' | 'campaign'): Promise<unknown> {
  return (await runSql(service.url, `SELECT count(*)::int AS count FROM ${table}`)).rows[0]?.count;
}

describe('a request with an Idempotency-Key', () => {
  it('creates one study, however often it is sent, also at the same time', async () => {
    const before = Number(await count('study'));
    const definition = externalStudy({ seed: undefined });
    const answers = await Promise.all([1, 2, 3, 4].map(() => send('/v1/studies', 'study-1', definition)));
    const again = await send('/v1/studies', 'study-1', definition);
    expect(new Set([...answers, again].map((answer) => answer.json().id)).size).toBe(1);
    for (const answer of [...answers, again])
      expect([answer.statusCode, answer.headers.location]).toEqual([201, `/v1/studies/${answer.json().id}`]);
    expect(again.json().spec.seed).toBe(answers[0]?.json().spec.seed);
    expect(Number(await count('study'))).toBe(before + 1);
  });

  it('stands for its body and its address', async () => {
    const first = await send('/v1/studies', 'study-2', externalStudy());
    const other = await send('/v1/studies', 'study-2', externalStudy({ name: 'another' }));
    expect(other.json()).toMatchObject({ status: 422, code: 'key-reused' });
    const campaign = await send('/v1/campaigns', 'study-2', smallCampaign());
    expect(campaign.statusCode).toBe(201);
    expect((await send('/v1/campaigns', 'study-2', smallCampaign())).json().id).toBe(campaign.json().id);
    expect(first.json().id).not.toBe(campaign.json().id);
  });

  it('imports and forks once', async () => {
    const id = (await service.post('/v1/studies', geneticStudy())).json().id;
    const document = (await service.get(`/v1/studies/${id}/export`)).json();
    const imports = [await send('/v1/studies/import', 'import', { document }), await send('/v1/studies/import', 'import', { document })];
    expect(new Set(imports.map((answer) => answer.json().id)).size).toBe(1);
    const campaign = (await service.post('/v1/campaigns', smallCampaign())).json().id;
    const whole = { document: (await service.get(`/v1/campaigns/${campaign}/export`)).json() };
    const campaigns = [await send('/v1/campaigns/import', 'import', whole), await send('/v1/campaigns/import', 'import', whole)];
    expect(new Set(campaigns.map((answer) => answer.json().id)).size).toBe(1);
  });

  it('is not kept where nothing was created, and no longer than a day', async () => {
    expect((await send('/v1/studies', 'study-3', externalStudy({ budget: {} }))).statusCode).toBe(422);
    expect((await send('/v1/studies', 'study-3', { ...externalStudy(), dryRun: true })).statusCode).toBe(200);
    const first = await send('/v1/studies', 'study-3', externalStudy());
    expect(first.statusCode).toBe(201);
    await runSql(service.url, `UPDATE created_request SET created_at = clock_timestamp() - interval '25 hours'`);
    const next = await send('/v1/studies', 'study-3', externalStudy());
    expect(next.statusCode, next.body).toBe(201);
    expect(next.json().id).not.toBe(first.json().id);
  });
});
