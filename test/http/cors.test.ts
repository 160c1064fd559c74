import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultExposure } from '../../src/http/exposure.ts';
import { geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

const origin = 'https://app.example';
const operator = 'operators-own-0123456789';
const authorization = `Bearer ${operator}`;

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ key: operator, exposure: { ...defaultExposure, corsOrigins: [origin, 'http://localhost:5173'] } });
});
afterAll(() => service[Symbol.asyncDispose]());

const preflight = (from: string, url = '/v1/studies') =>
  service.app.inject({
    method: 'OPTIONS',
    url,
    headers: { origin: from, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,idempotency-key' },
  });

describe('a page of an origin that is configured', () => {
  it('is told before it sends its key that it may', async () => {
    const { statusCode, headers, body } = await preflight(origin);
    expect([statusCode, body, headers['access-control-allow-origin']]).toEqual([204, '', origin]);
    expect(headers['access-control-allow-methods']).toBe('GET, HEAD, POST, PATCH, DELETE');
    expect(headers['access-control-allow-headers']).toMatch(/authorization.*idempotency-key/);
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('reads answers and problems, with the headers that a client needs, and creates studies', async () => {
    const created = await service.request({
      method: 'POST',
      url: '/v1/studies',
      headers: { authorization, origin, 'sec-fetch-site': 'cross-site' },
      payload: geneticStudy(),
    });
    expect([created.statusCode, created.headers['access-control-allow-origin']]).toEqual([201, origin]);
    expect(created.headers['access-control-expose-headers']).toMatch(/etag.*location.*retry-after.*ratelimit-remaining/);
    const refused = await service.request({ url: '/v1/studies', headers: { origin } });
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([401, origin]);
  });

  it('is not mixed up with another by a cache', async () => {
    for (const url of ['/v1/studies', '/']) {
      const { headers } = await service.request({ url, headers: { authorization, origin } });
      expect(String(headers.vary).toLowerCase().split(', ')).toContain('origin');
    }
  });
});

describe('a page of another origin', () => {
  it('reads no answer, asked before or not', async () => {
    expect((await preflight('https://evil.example')).headers).not.toHaveProperty('access-control-allow-origin');
    const read = await service.request({ url: '/v1/studies', headers: { authorization, origin: 'https://evil.example' } });
    expect(read.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('changes nothing', async () => {
    for (const from of ['https://evil.example', 'https://app.example.evil.example', 'http://app.example', 'https://app.example:8443']) {
      const request = { method: 'POST' as const, url: '/v1/studies', headers: { authorization, origin: from }, payload: geneticStudy() };
      expect((await service.request(request)).json()).toMatchObject({ code: 'cross-site-request' });
    }
  });
});

it('OPTIONS that asks for no origin has the methods of its address, as without origins', async () => {
  await using plain = await startTestService({ key: operator });
  for (const url of ['/v1/studies', '/v1/studies/import', '/v1/none', '*']) {
    const [here, there] = await Promise.all(
      [service, plain].map(({ app }) => app.inject({ method: 'OPTIONS', url, headers: { authorization } })),
    );
    expect([url, here?.statusCode, here?.headers.allow]).toEqual([url, there?.statusCode, there?.headers.allow]);
  }
  expect((await plain.app.inject({ method: 'OPTIONS', url: '/v1/studies', headers: { origin } })).statusCode).toBe(401);
});

it('without origins no answer has a header for them', async () => {
  await using plain = await startTestService({ key: operator });
  const headers = { authorization, origin, 'access-control-request-method': 'GET' };
  for (const method of ['GET', 'OPTIONS'] as const) {
    const answer = await plain.app.inject({ method, url: '/v1/studies', headers });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});
