import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSecret } from '../../../src/access/secret.ts';
import { runSql } from '../../store/server.ts';
import { geneticStudy, smallCampaign } from '../definitions.ts';
import { recordingLogger } from '../recording-logger.ts';
import { startTestService, type TestService } from '../service.ts';

const operator = 'operators-own-0123456789';
const { logger, logged } = recordingLogger();

let service: TestService;
/** Every answer but those that show a new key: status line, headers and body. */
const answers: string[] = [];
/** The secrets that were sent or shown. */
const secrets: string[] = [operator, newSecret()];

async function send(key: string, request: InjectOptions & { url: string }) {
  const answer = await service.app.inject({ ...request, headers: { authorization: `Bearer ${key}`, ...request.headers } });
  if (answer.statusCode !== 201 || request.url !== '/v1/keys') answers.push(`${JSON.stringify(answer.headers)} ${answer.body}`);
  return answer;
}
const post = (key: string, url: string, payload: object = {}) => send(key, { method: 'POST', url, payload });

async function keyOf(scopes: readonly string[]): Promise<{ id: string; secret: string }> {
  const made = (await post(operator, '/v1/keys', { name: scopes.join(), scopes })).json();
  secrets.push(made.secret);
  return made;
}

/** Requests with every kind of key and outcome: done, refused, broken. */
async function useKeys(): Promise<void> {
  const [admin, writer, worker] = [await keyOf(['admin']), await keyOf(['write']), await keyOf(['work'])];
  const study = (await post(writer.secret, '/v1/studies', geneticStudy())).json().id;
  const campaign = (await post(writer.secret, '/v1/campaigns', smallCampaign())).json().id;
  const keyed = { method: 'POST' as const, url: '/v1/studies', payload: geneticStudy() };
  for (const _ of [1, 2]) await send(writer.secret, { ...keyed, headers: { 'idempotency-key': 'once' } });
  for (const rest of ['', '/export', '/events', '/report', '/trials.csv']) {
    await send(writer.secret, { url: `/v1/studies/${study}${rest}` });
    await send(writer.secret, { url: `/v1/campaigns/${campaign}${rest}` });
  }
  for (const url of ['/v1/keys', `/v1/keys/${writer.id}`, '/v1/caller', '/v1/projects', '/openapi.json']) await send(admin.secret, { url });
  await post(worker.secret, '/v1/ask', { worker: 'w' });
  expect((await post(worker.secret, '/v1/studies', geneticStudy())).statusCode).toBe(403);
  expect((await post(writer.secret, '/v1/studies', { name: 1 })).statusCode).toBe(422);
  expect((await send(writer.secret, { ...keyed, payload: '{"name"', headers: { 'content-type': 'application/json' } })).statusCode).toBe(
    400,
  );
  expect((await send(writer.secret, { url: '/readyz' })).statusCode).toBe(500);
  expect((await send(secrets[1] ?? '', { url: '/v1/studies' })).statusCode).toBe(401);
  await post(admin.secret, `/v1/keys/${writer.id}/revoke`);
  expect((await send(writer.secret, { url: '/v1/studies' })).statusCode).toBe(401);
}

beforeAll(async () => {
  service = await startTestService({ key: operator, logger, readiness: () => Promise.reject(new Error('broken')) });
  await useKeys();
});
afterAll(() => service[Symbol.asyncDispose]());

/** The places of all secrets in a text, each without its mark and its shown end. */
const found = (text: string) => secrets.filter((secret) => text.includes(secret.replace('clv_', '').slice(0, -4)));

describe('a secret', () => {
  it('is in no line of the log, and neither is the header that carries it', async () => {
    const text = logged.map((entry) => entry.text).join('\n');
    expect(text).toContain('POST /v1/studies 201');
    expect(text).toContain('internal error');
    expect(found(text)).toEqual([]);
    expect(text).not.toMatch(/authorization|bearer/i);
  });

  it('is in no answer but that of the request that made it', () => {
    expect(answers.length).toBeGreaterThan(25);
    expect(found(answers.join('\n'))).toEqual([]);
  });

  it('is in no table', async () => {
    const { rows } = await runSql(service.url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
    expect(rows.map(({ tablename }) => tablename)).toContain('access_key');
    for (const { tablename } of rows) {
      const { rows: stored } = await runSql(service.url, `SELECT t::text AS text FROM "${tablename}" t`);
      if (tablename === 'access_key') expect(stored).toHaveLength(3);
      expect([tablename, found(stored.map(({ text }) => text).join('\n'))]).toEqual([tablename, []]);
    }
  });

  it('that a client puts into an address is cut in the log', async () => {
    const { secret } = await keyOf(['read']);
    await send(secret, { url: `/v1/studies?key=${secret}` });
    await send(secret, { url: `/v1/keys/${secret}` });
    const text = logged.map((entry) => entry.text).join('\n');
    expect(text).toContain('GET /v1/studies?key=clv_… 422');
    expect(found(text)).toEqual([]);
  });
});
