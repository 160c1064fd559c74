import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOfEvent } from '../../src/studies/events/chain.ts';
import { runSql } from '../store/server.ts';
import { geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

async function endedStudy(): Promise<string> {
  const { id } = (await service.post('/v1/studies', geneticStudy())).json();
  await work(service.database);
  return id;
}

describe('POST /v1/studies/{id}/verify', () => {
  it('says what was looked at and changes nothing', async () => {
    const id = await endedStudy();
    const before = await service.checksum();
    const response = await service.post(`/v1/studies/${id}/verify`);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ verified: true, differences: [], digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(response.json().suggestions).toBeGreaterThan(0);
    expect(await service.checksum()).toBe(before);
  });

  it('names a change of the database', async () => {
    const id = await endedStudy();
    await runSql(service.url, `UPDATE trial SET value = 0.123 WHERE study_id = '${id}' AND number = 1`);
    const { verified, differences } = (await service.post(`/v1/studies/${id}/verify`)).json();
    expect(verified).toBe(false);
    expect(differences).toMatchObject([{ where: 'trials/1/value', found: '0.123' }]);
  });

  it('refuses what is no study', async () => {
    expect((await service.post(`/v1/studies/${randomUUID()}/verify`)).json()).toMatchObject({ code: 'study-not-found' });
    expect((await service.post(`/v1/campaigns/${randomUUID()}/verify`)).json()).toMatchObject({ code: 'campaign-not-found' });
    expect((await service.post('/v1/studies/x/verify')).json()).toMatchObject({ code: 'invalid-request' });
    expect((await service.get(`/v1/studies/${randomUUID()}/events`)).json()).toMatchObject({ code: 'study-not-found' });
  });
});

describe('GET /v1/studies/{id}/events', () => {
  const hashOf = ({ number, ...event }: Omit<Parameters<typeof hashOfEvent>[0], 'sequence'> & { number: number }): string =>
    hashOfEvent({ ...event, sequence: number });

  it('gives the whole log in pages, whose hashes anybody can make again', async () => {
    const id = await endedStudy();
    const events = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: Parameters<typeof hashOf>[0][]; nextCursor: string | null } = (
        await service.get(`/v1/studies/${id}/events?limit=3${cursor && `&cursor=${cursor}`}`)
      ).json();
      events.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(events[0]).toMatchObject({ number: 0, type: 'study-created', previous: '0'.repeat(64) });
    expect(events.at(-1)).toMatchObject({ type: 'study-ended' });
    for (const [index, event] of events.entries()) {
      expect(event).toMatchObject({ number: index, hash: hashOf(event) });
      if (index > 0) expect(event.previous).toBe(hashOf(events[index - 1] ?? event));
    }
  });
});
