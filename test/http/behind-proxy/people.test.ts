import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntryRepresentation } from '../../../src/api/audit.ts';
import { defaultExposure } from '../../../src/http/exposure.ts';
import { geneticStudy } from '../definitions.ts';
import { startTestService, type TestService } from '../service.ts';
import { startProxy } from './proxy.ts';

const operator = 'operators-own-0123456789';
const publicUrl = 'https://tuning.example';
const client = '203.0.113.9';

let service: TestService;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let program: string;
beforeAll(async () => {
  service = await startTestService({
    key: operator,
    hosts: { own: '127.0.0.1', allowed: null },
    exposure: { ...defaultExposure, trustedProxies: ['127.0.0.1'], publicUrl },
  });
  await service.app.listen({ host: '127.0.0.1', port: 0 });
  const newKey = async (name: string, scopes: string[]): Promise<string> => {
    const headers = { authorization: `Bearer ${operator}` };
    return (await service.request({ method: 'POST', url: '/v1/keys', headers, payload: { name, scopes } })).json().secret;
  };
  program = await newKey('sweeps', ['write']);
  proxy = await startProxy({
    upstream: (service.app.server.address() as AddressInfo).port, // it listens on TCP
    peopleKey: await newKey('people', ['write']),
    sessions: { s1: 'ana@example.org' },
    client,
  });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Sends a request through the proxy, as a browser or a program that knows the public address alone. */
function through(method: string, path: string, headers: Readonly<Record<string, string>>, body?: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: proxy.port, method, path };
    const sent = request({ ...options, headers: { host: 'tuning.example', 'content-type': 'application/json', ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

const asAna = { cookie: 'session=s1', origin: publicUrl, 'sec-fetch-site': 'same-origin' };
const lastEntry = async (target: string): Promise<AuditEntryRepresentation> =>
  (await service.request({ url: `/v1/audit?target=${target}`, headers: { authorization: `Bearer ${operator}` } })).json().items[0];

describe('a person behind the proxy', () => {
  it('has to sign in, and reaches nothing before', async () => {
    const { status, headers } = await through('GET', '/v1/studies', {});
    expect([status, headers['location']]).toEqual([302, '/oauth2/start?rd=%2Fv1%2Fstudies']);
    expect((await through('POST', '/v1/studies', { cookie: 'session=none' }, geneticStudy())).status).toBe(302);
  });

  it('creates and cancels studies without a key, and the audit log has the name', async () => {
    const created = await through('POST', '/v1/studies', asAna, geneticStudy());
    const { id } = JSON.parse(created.body);
    expect([created.status, created.headers['location']]).toEqual([201, `${publicUrl}/v1/studies/${id}`]);
    expect((await through('POST', `/v1/studies/${id}/cancel`, asAna, {})).status).toBe(200);
    expect(await lastEntry(id)).toMatchObject({
      ...{ action: 'study-cancelled', person: 'ana@example.org', keyName: 'people', address: client },
    });
  });

  it('has the rights of the key of people, and no others', async () => {
    const refused = await through('POST', '/v1/keys', asAna, { name: 'x', scopes: ['admin'] });
    expect(JSON.parse(refused.body)).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('is protected from pages of other sites, which send the cookie as well', async () => {
    for (const forged of [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, { origin: 'https://evil.example' }]) {
      const refused = await through('POST', '/v1/studies', { cookie: 'session=s1', ...forged }, geneticStudy());
      expect(JSON.parse(refused.body)).toMatchObject({ code: 'cross-site-request' });
    }
    const old = await through('POST', '/v1/studies', { cookie: 'session=s1', origin: publicUrl }, geneticStudy());
    expect(old.status).toBe(201);
  });
});

describe('a program behind the proxy', () => {
  it('sends its own key, and cannot pass for a person or for another address', async () => {
    const forged = { authorization: `Bearer ${program}`, 'clavier-person': 'eve@example.org', 'x-forwarded-for': '198.51.100.1' };
    const { id } = JSON.parse((await through('POST', '/v1/studies', forged, geneticStudy())).body);
    await through('POST', `/v1/studies/${id}/cancel`, forged, {});
    expect(await lastEntry(id)).toMatchObject({ keyName: 'sweeps', person: null, address: client });
  });

  it('is refused with a wrong key, also with the cookie of a person', async () => {
    expect((await through('GET', '/v1/studies', { ...asAna, authorization: 'Bearer wrong' })).status).toBe(401);
  });
});

describe('a service behind the proxy', () => {
  it('answers to its public name and to no other', async () => {
    expect((await through('GET', '/v1/studies', { ...asAna, host: 'evil.example' })).status).toBe(421);
  });

  it('has its public address in the document, and tells browsers to keep to https', async () => {
    const { headers, body } = await through('GET', '/openapi.json', asAna);
    expect(JSON.parse(body).servers[0].url).toBe(publicUrl);
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });
});

describe('a service that is open', () => {
  it('does not answer to what a proxy brings without a key', async () => {
    await using open = await startTestService();
    expect((await open.get('/v1/studies')).statusCode).toBe(200);
    for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip']) {
      const refused = await open.get('/v1/studies', { [header]: 'for=203.0.113.9' });
      expect(refused.json()).toMatchObject({ status: 401, code: 'unauthorized' });
      expect(refused.json().detail).toContain(`the request came through a proxy (${header})`);
    }
  });
});
