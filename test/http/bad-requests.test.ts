import { METHODS } from 'node:http';
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ProblemRepresentation } from '../../src/api/problem.ts';
import { badRequests } from './bad-requests.ts';
import { geneticStudy, smallCampaign, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let service: TestService;
let before: string;
beforeAll(async () => {
  service = await startTestService();
  const { id } = (await service.post('/v1/studies', geneticStudy())).json();
  await service.post(`/v1/studies/${id}/pause`);
  before = await service.checksum();
});
afterAll(() => service[Symbol.asyncDispose]());

describe('a bad request is refused with its code, names the place, and changes nothing', () => {
  it('covers more than 60 kinds', () => {
    expect(new Set(badRequests.map(({ title }) => title)).size).toBe(badRequests.length);
    expect(badRequests.length).toBeGreaterThan(60);
  });

  it.each(badRequests)('$title: $code', async ({ request, code, at }) => {
    const response = await service.request(request);
    const problem: ProblemRepresentation = response.json();
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(problem, response.body).toMatchObject({ code, status: response.statusCode, type: `/problems/${code}` });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
    if (at !== undefined)
      expect(
        problem.errors.map(({ pointer, parameter }) => pointer ?? parameter),
        response.body,
      ).toContain(at);
    expect(await service.checksum()).toBe(before);
  });

  it('names all violations of a request at once', async () => {
    const body = geneticStudy({ name: '', colour: 1, seed: -1, metrics: [{ name: '' }] });
    const { errors } = (await service.post('/v1/studies', body)).json();
    expect(errors.map((violation: { pointer: string }) => violation.pointer).sort()).toEqual([
      '/colour',
      '/metrics/0/name',
      '/name',
      '/seed',
    ]);
    const unknown = (await service.post('/v1/studies', { preset: 'nope', dryRun: 3, name: 5 })).json().errors;
    expect(unknown.map((violation: { pointer: string }) => violation.pointer)).toEqual(['/dryRun', '/preset']);
    const query = (await service.get('/v1/studies/7/trials?limit=0&state=x&y=1')).json();
    expect(query.errors.map((violation: { parameter: string }) => violation.parameter).sort()).toEqual(['limit', 'state', 'studyId', 'y']);
    const violations = (await service.post('/v1/studies', geneticStudy({ name: 'a\u0000', objective: { type: 'b\u0000' } }))).json().errors;
    expect(violations.map((violation: { pointer: string }) => violation.pointer)).toEqual(['/name', '/objective/type']);
  });

  it('says what is wrong in plain words', async () => {
    const details = async (changes: Record<string, unknown>): Promise<string[]> =>
      (await service.post('/v1/studies', geneticStudy(changes))).json().errors.map((violation: { detail: string }) => violation.detail);
    expect(await details({ searchSpace: [{ type: 'categorical', name: 'epochs', choices: [] }] })).toEqual(['must have at least 1 item']);
    expect(await details({ name: '' })).toEqual(['must have at least 1 character']);
    const choices = (values: unknown[]) => ({
      searchSpace: [{ type: 'categorical', name: 'hiddenUnits', choices: values }],
      sampler: { type: 'random' },
      budget: { trials: 1 },
    });
    expect(await details(choices(['a', 0]))).toEqual(['must be a number from 1 to 511, got "a"', 'must be a number from 1 to 511, got 0']);
  });

  it('names what an address takes when the method is wrong, and for OPTIONS', async () => {
    const refused = await service.request({ method: 'PUT', url: '/v1/studies' });
    expect([refused.statusCode, refused.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS, POST']);
    const asked = await service.request({ method: 'OPTIONS', url: '/v1/studies' });
    expect([asked.statusCode, asked.headers.allow, asked.body]).toEqual([204, 'GET, HEAD, OPTIONS, POST', '']);
  });
});

describe('every method of HTTP', () => {
  const send = (method: string, url: string, headers = {}) =>
    service.request({ method: method as NonNullable<InjectOptions['method']>, url, headers }); // the type has the usual methods only

  it.each(['/v1/studies', `/v1/studies/${unknownId}/pause`, '/openapi.json', '/docs/', '/problems', '/problems/invalid-study'])(
    'is taken by %s, or refused with 405 and Allow',
    async (url) => {
      const { headers } = await send('OPTIONS', url);
      const allowed = String(headers.allow).split(', ');
      expect(allowed).toContain('OPTIONS');
      for (const method of METHODS.filter((name) => !allowed.includes(name))) {
        const response = await send(method, url);
        expect([response.statusCode, response.headers.allow], `${method} ${url}`).toEqual([405, headers.allow]);
        if (method !== 'HEAD') expect(response.json().code).toBe('method-not-allowed');
      }
      for (const method of allowed) expect((await send(method, url)).statusCode, `${method} ${url}`).not.toBe(405);
    },
  );

  it('gets 404 where there is no such path, whatever its body', async () => {
    for (const url of ['/v1/nothing', '/v2', '*', '/docs/static/nothing.js', '/v1/studies/a/b/c']) {
      for (const method of METHODS.filter((name) => !(url === '*' && name === 'OPTIONS'))) {
        const { statusCode } = await send(method, url, { 'content-type': 'application/yaml', 'content-length': '3' });
        expect([404, ...(url.startsWith('/docs/') ? [204, 405] : [])], `${method} ${url}`).toContain(statusCode);
      }
    }
  });
});

describe('whatever a client sends', () => {
  it('any JSON never gives a 5xx and changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 5 }), async (payload) => {
        const response = await service.request({
          method: 'POST',
          url: '/v1/studies',
          payload,
          headers: { 'content-type': 'application/json' },
        });
        expect(response.statusCode, payload).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
    expect(await service.checksum()).toBe(before);
  });

  it('a definition with any value in any place never gives a 5xx', async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.double(),
      fc.integer(),
      fc.constantFrom(0, 1, 1e300, 5e-324, 2 ** 53, '', 'constructor', '__proto__', 'toString', [], {}, null),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...places), value), { minLength: 1, maxLength: 3 }), async (changes) => {
        const payload = JSON.stringify(changes.reduce((body, [path, changed]) => replaced(body, path, changed), geneticStudy() as unknown));
        const response = await service.request({
          method: 'POST',
          url: '/v1/studies',
          payload,
          headers: { 'content-type': 'application/json' },
        });
        expect(response.statusCode, payload).toBeLessThan(500);
      }),
      { numRuns: 130 },
    );
  });

  it('a campaign definition with any value in any place never gives a 5xx', async () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.double(), fc.constantFrom(0, 1, 1e300, 5e-324, 2 ** 53, '', [], {}, null));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...campaignPlaces), value), { minLength: 1, maxLength: 3 }), async (changes) => {
        const start: unknown = smallCampaign({ dryRun: true });
        const payload = JSON.stringify(changes.reduce((body, [path, changed]) => replaced(body, path, changed), start));
        const response = await service.request({
          method: 'POST',
          url: '/v1/campaigns',
          payload,
          headers: { 'content-type': 'application/json' },
        });
        expect(response.statusCode, payload).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
  });

  it('any address never gives a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          '/',
          '/v1/studies/',
          '/v1/studies?',
          '/v1/trials/',
          '/problems/',
          '/docs/static/',
          '/v1/presets/',
          '/v1/campaigns/',
          '/v1/campaigns?',
        ),
        fc.string({ unit: 'binary', maxLength: 40 }),
        async (prefix, rest) => {
          const text = /\p{Surrogate}/u.test(rest) ? '%ff' : encodeURIComponent(rest);
          expect((await service.request({ url: prefix + text })).statusCode, prefix + text).toBeLessThan(500);
        },
      ),
      { numRuns: 100 },
    );
  });
});

const places: readonly (readonly (string | number)[])[] = [
  ['name'],
  ['searchSpace'],
  ['searchSpace', 0],
  ['searchSpace', 0, 'low'],
  ['searchSpace', 0, 'high'],
  ['searchSpace', 0, 'step'],
  ['searchSpace', 0, 'scale'],
  ['searchSpace', 0, 'type'],
  ['searchSpace', 0, 'name'],
  ['searchSpace', 1, 'low'],
  ['searchSpace', 1, 'high'],
  ['searchSpace', 1, 'step'],
  ['searchSpace', 1, 'when'],
  ['searchSpace', 1, 'choices'],
  ['metric'],
  ['metric', 'name'],
  ['sampler'],
  ['sampler', 'type'],
  ['sampler', 'population'],
  ['sampler', 'elites'],
  ['sampler', 'bits'],
  ['sampler', 'axes'],
  ['sampler', 'mutation'],
  ['sampler', 'selectionExponent'],
  ['budget'],
  ['budget', 'trials'],
  ['budget', 'generations'],
  ['budget', 'targetValue'],
  ['budget', 'wallClockSeconds'],
  ['parallelism'],
  ['seed'],
  ['objectiveSeed'],
  ['retries'],
  ['objective'],
  ['objective', 'examples'],
  ['objective', 'function'],
  ['preset'],
];

const campaignPlaces: readonly (readonly (string | number)[])[] = [
  ['name'],
  ['preset'],
  ['scale'],
  ['searchSpace'],
  ['searchSpace', 0, 'step'],
  ['searchSpace', 1, 'high'],
  ['metric'],
  ['objective'],
  ['objective', 'examples'],
  ['studies'],
  ['studies', 0],
  ['studies', 0, 'name'],
  ['studies', 0, 'budget'],
  ['studies', 0, 'budget', 'trials'],
  ['studies', 0, 'budget', 'wallClockSeconds'],
  ['studies', 0, 'parallelism'],
  ['studies', 1, 'sampler'],
  ['studies', 1, 'sampler', 'population'],
  ['studies', 1, 'budget', 'generations'],
  ['order'],
  ['final'],
  ['final', 'finalists'],
  ['final', 'finalists', 0],
  ['final', 'finalists', 0, 'study'],
  ['final', 'finalists', 0, 'top'],
  ['final', 'cross'],
  ['final', 'grid'],
  ['final', 'grid', 'trials'],
  ['evaluation'],
  ['evaluation', 'repeats'],
  ['evaluation', 'trainSize'],
  ['retries'],
  ['seed'],
  ['objectiveSeed'],
];

function replaced(body: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof body !== 'object' || body === null) return body;
  if (Array.isArray(body)) return body.map((item, index) => (index === key ? replaced(item, rest, value) : item));
  const members: Record<string, unknown> = { ...body };
  return { ...members, [key]: replaced(members[key], rest, value) };
}
