import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultExposure } from '../../src/http/exposure.ts';
import { geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
let study: string;
beforeAll(async () => {
  service = await startTestService();
  study = `/v1/studies/${(await service.post('/v1/studies', geneticStudy())).json().id}`;
});
afterAll(() => service[Symbol.asyncDispose]());

describe('every answer', () => {
  it.each(['/', '/healthz', '/v1/studies', '/v1/none', '/metrics', '/openapi.json', '/docs/', '/problems', '/problems/unauthorized'])(
    'tells browsers to guess no type, show it in no frame and pass on no address: %s',
    async (url) => {
      const { headers } = await service.get(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      });
      expect(headers).not.toHaveProperty('strict-transport-security');
    },
  );

  it('runs and loads nothing where it is data, and only its own parts where it is a page', async () => {
    const policyOf = async (url: string) => String((await service.get(url)).headers['content-security-policy']);
    for (const url of ['/v1/studies', `${study}/export`, `${study}/trials.csv`, '/v1/none'])
      expect([url, await policyOf(url)]).toEqual([url, "default-src 'none'; frame-ancestors 'none'"]);
    expect(await policyOf('/docs/')).toMatch(/^default-src 'self'/);
    expect(await policyOf(`${study}/report.html`)).toMatch(/^default-src 'none'; style-src 'unsafe-inline'/);
  });
});

it.each([
  ['https://tuning.example', 'max-age=31536000'],
  ['http://tuning.internal', undefined],
])('a service under %s has browsers keep to https: %s', async (publicUrl, expected) => {
  await using other = await startTestService({ exposure: { ...defaultExposure, publicUrl } });
  expect((await other.get('/healthz')).headers['strict-transport-security']).toBe(expected);
  const created = await other.post('/v1/studies', geneticStudy());
  expect(created.headers['location']).toBe(`${publicUrl}/v1/studies/${created.json().id}`);
});
