import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntryRepresentation } from '../../../src/api/audit.ts';
import { defaultExposure } from '../../../src/http/exposure.ts';
import { geneticStudy, smallCampaign } from '../definitions.ts';
import { startTestService, type TestService } from '../service.ts';

const operator = 'operators-own-0123456789';
const address = '203.0.113.7';
const proxy = '10.0.0.1';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ key: operator, exposure: { ...defaultExposure, trustedProxies: [proxy] } });
  await post('/v1/projects', { name: 'vision' });
});
afterAll(() => service[Symbol.asyncDispose]());

const send = (method: 'GET' | 'POST' | 'DELETE', url: string, key: string, more: { payload?: object; headers?: object } = {}) =>
  service.request({ method, url, remoteAddress: address, ...more, headers: { authorization: `Bearer ${key}`, ...more.headers } });
const post = (url: string, payload: object = {}, key = operator) => send('POST', url, key, { payload });

async function entries(query = '', key = operator): Promise<AuditEntryRepresentation[]> {
  const answer = await send('GET', `/v1/audit${query}`, key);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().items;
}

async function keyOf(scopes: readonly string[], project = 'default'): Promise<{ id: string; secret: string; lastFour: string }> {
  return (await post('/v1/keys', { name: `of ${project}`, scopes, project })).json();
}

describe('the audit log', () => {
  it('has who made and revoked a key, when, from where and in which request', async () => {
    const before = Date.now() - 1000;
    const made = await post('/v1/keys', { name: 'laptop', scopes: ['admin'] });
    const { id, secret, lastFour } = made.json();
    const revoked = await post(`/v1/keys/${id}/revoke`, {}, secret);
    const [second, first, ...others] = await entries(`?target=${id}`);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      ...{ action: 'key-created', caller: 'operator', keyId: null, keyName: null, person: null, address, project: 'default', target: id },
      requestId: made.headers['x-request-id'],
      details: { name: 'laptop', scopes: ['admin'], lastFour, expiresAt: null },
    });
    expect(second).toMatchObject({
      ...{ action: 'key-revoked', caller: 'key', keyId: id, keyName: 'laptop', requestId: revoked.headers['x-request-id'] },
      details: { name: 'laptop', lastFour },
    });
    expect(Date.parse(first?.at ?? '')).toBeGreaterThan(before);
    expect(JSON.stringify([first, second])).not.toContain(secret);
  });

  it('has who cancelled and deleted a study or a campaign, under its own project, once', async () => {
    const writer = await keyOf(['write'], 'vision');
    for (const [kind, url, definition] of [
      ['study', '/v1/studies', geneticStudy({ name: 'gone' })],
      ['campaign', '/v1/campaigns', smallCampaign({ name: 'gone' })],
    ] as const) {
      const { id } = (await post(url, definition, writer.secret)).json();
      for (const _again of [1, 2]) expect((await post(`${url}/${id.toUpperCase()}/cancel`)).statusCode).toBe(200);
      expect((await send('DELETE', `${url}/${id}`, writer.secret)).statusCode).toBe(204);
      expect(await entries(`?target=${id}`)).toMatchObject([
        { action: `${kind}-deleted`, project: 'vision', keyId: writer.id, details: { name: 'gone', createdBy: writer.id } },
        { action: `${kind}-cancelled`, project: 'vision', caller: 'operator' },
      ]);
    }
  });

  it('has nothing of a request that was refused or changed nothing', async () => {
    const [reader, before] = [await keyOf(['read']), (await entries()).length];
    const { id } = (await post('/v1/studies', geneticStudy())).json();
    await send('DELETE', `/v1/studies/${id}`, operator);
    await post(`/v1/studies/${id}/cancel`, {}, reader.secret);
    await post('/v1/projects', { name: 'vision' });
    await post('/v1/keys', { name: 'x', scopes: ['read'], project: 'nobodys' });
    await post(`/v1/studies/${id}/pause`);
    expect(await entries()).toHaveLength(before);
  });

  it('shows a key of a project the entries of that project alone', async () => {
    const [admin, other] = [await keyOf(['admin'], 'vision'), await keyOf(['admin'])];
    expect((await entries('', admin.secret)).every(({ project }) => project === 'vision')).toBe(true);
    expect((await entries('', admin.secret)).map(({ target }) => target)).toContain('vision');
    expect((await entries(`?target=${admin.id}`, other.secret)).length).toBe(0);
    expect((await send('GET', '/v1/audit', (await keyOf(['write'])).secret)).statusCode).toBe(403);
  });

  it('is filtered and read in pages', async () => {
    const { id: keyId, secret } = await keyOf(['admin']);
    const made = await Promise.all([1, 2, 3].map((number) => post('/v1/keys', { name: `key ${number}`, scopes: ['read'] }, secret)));
    const mine = `?key=${keyId}&action=key-created`;
    const first = (await send('GET', `/v1/audit${mine}&limit=2`, operator)).json();
    const rest = (await send('GET', `/v1/audit${mine}&limit=2&cursor=${first.nextCursor}`, operator)).json();
    expect(rest.nextCursor).toBeNull();
    const targets = [...first.items, ...rest.items].map(({ target }: AuditEntryRepresentation) => target);
    expect(targets.toSorted()).toEqual(made.map((answer) => answer.json().id).toSorted());
    expect((await send('GET', `/v1/audit?limit=2&cursor=${first.nextCursor}`, operator)).json()).toMatchObject({ code: 'invalid-cursor' });
    expect(await entries(`?key=${keyId}&action=key-revoked`)).toEqual([]);
    expect(await entries(`${mine}&until=2020-01-01T00:00:00Z`)).toEqual([]);
    expect(await entries(`${mine}&since=2020-01-01T00:00:00Z`)).toHaveLength(3);
  });

  it('has the person whom a trusted proxy names, and nobody else can name one', async () => {
    const by = async (remoteAddress: string, person: string) => {
      const headers = { authorization: `Bearer ${operator}`, 'clavier-person': person, 'x-forwarded-for': '198.51.100.4' };
      const payload = { name: 'x', scopes: ['read'] };
      const made = await service.request({ method: 'POST', url: '/v1/keys', remoteAddress, headers, payload });
      return made.statusCode === 201 ? (await entries(`?target=${made.json().id}`))[0] : made.json();
    };
    expect(await by(proxy, 'ana@example.org')).toMatchObject({ person: 'ana@example.org', address: '198.51.100.4' });
    expect(await by(proxy, Buffer.from('Ána').toString('latin1'))).toMatchObject({ person: 'Ána' });
    expect(await by('10.0.0.2', 'eve@example.org')).toMatchObject({ person: null, address: '10.0.0.2' });
    expect(await by(proxy, 'x'.repeat(201))).toMatchObject({ status: 422, errors: [{ parameter: 'Clavier-Person' }] });
    expect(await entries('?person=ana@example.org')).toHaveLength(1);
  });

  it('is stored with the change or not at all', async () => {
    const { id } = await keyOf(['read']);
    await service.database.$executeRaw`ALTER TABLE audit_entry ADD CONSTRAINT broken CHECK (action <> 'key-revoked') NOT VALID`;
    expect((await post(`/v1/keys/${id}/revoke`)).statusCode).toBe(500);
    expect((await send('GET', `/v1/keys/${id}`, operator)).json().state).toBe('active');
    await service.database.$executeRaw`ALTER TABLE audit_entry DROP CONSTRAINT broken`;
  });
});
