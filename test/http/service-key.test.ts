import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ key: 'open-sesame' });
});
afterAll(() => service[Symbol.asyncDispose]());

describe('a service that others can reach', () => {
  it.each(['/v1/studies', '/openapi.json', '/docs', '/', '/v1/nothing', '/v1/studies?limit=1'])('wants its key: GET %s', async (url) => {
    const without = await service.app.inject({ url });
    expect(without.json()).toMatchObject({
      status: 401,
      code: 'unauthorized',
      detail: 'send a key: Authorization: Bearer KEY',
    });
    expect(without.headers['www-authenticate']).toBe('Bearer');
    const wrong = await service.app.inject({ url, headers: { authorization: 'Bearer open-sesam' } });
    expect(wrong.json()).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(wrong.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect((await service.app.inject({ url, headers: { authorization: 'bearer open-sesame' } })).statusCode).not.toBe(401);
  });

  it('changes nothing without it', async () => {
    const before = await service.checksum();
    for (const authorization of [undefined, 'Basic b3Blbi1zZXNhbWU=', 'Bearer', 'Bearer open-sesame x', 'open-sesame']) {
      const headers = { ...(authorization && { authorization }) };
      const refused = await service.request({ method: 'POST', url: '/v1/studies', headers, payload: geneticStudy() });
      expect(refused.statusCode, authorization).toBe(401);
    }
    expect(await service.checksum()).toBe(before);
    const headers = { authorization: 'Bearer open-sesame' };
    expect((await service.request({ method: 'POST', url: '/v1/studies', headers, payload: geneticStudy() })).statusCode).toBe(201);
  });

  it.each(['/healthz', '/readyz', '/healthz?probe=1'])('answers probes without it: %s', async (url) => {
    expect((await service.app.inject({ url })).statusCode).not.toBe(401);
  });
});
