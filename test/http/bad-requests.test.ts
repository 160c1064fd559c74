import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProblemRepresentation } from '../../src/api/problem.ts';
import { badRequests } from './bad-requests.ts';
import { geneticStudy } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

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

  it('names all faults of a request at once', async () => {
    const body = geneticStudy({ name: '', colour: 1, seed: -1, metric: { name: 'x' } });
    const { errors } = (await service.post('/v1/studies', body)).json();
    expect(errors.map((fault: { pointer: string }) => fault.pointer).sort()).toEqual(['/colour', '/metric/name', '/name', '/seed']);
    const query = (await service.get('/v1/studies/7/trials?limit=0&state=x&y=1')).json();
    expect(query.errors.map((fault: { parameter: string }) => fault.parameter).sort()).toEqual(['limit', 'state', 'studyId', 'y']);
    const faults = (await service.post('/v1/studies', geneticStudy({ name: 'a\u0000', objective: { type: 'b\u0000' } }))).json().errors;
    expect(faults.map((fault: { pointer: string }) => fault.pointer)).toEqual(['/name', '/objective/type']);
  });

  it('names what an address takes when the method is wrong, and for OPTIONS', async () => {
    const refused = await service.request({ method: 'PUT', url: '/v1/studies' });
    expect([refused.statusCode, refused.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS, POST']);
    const asked = await service.request({ method: 'OPTIONS', url: '/v1/studies' });
    expect([asked.statusCode, asked.headers.allow, asked.body]).toEqual([204, 'GET, HEAD, OPTIONS, POST', '']);
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
      { numRuns: 300 },
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
      { numRuns: 400 },
    );
  });

  it('any address never gives a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/', '/v1/studies/', '/v1/studies?', '/v1/trials/', '/problems/', '/docs/static/', '/v1/presets/'),
        fc.string({ unit: 'binary', maxLength: 40 }),
        async (prefix, rest) => {
          const text = /\p{Surrogate}/u.test(rest) ? '%ff' : encodeURIComponent(rest);
          expect((await service.request({ url: prefix + text })).statusCode, prefix + text).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
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
  ['objective', 'trainSize'],
  ['objective', 'hyperparameters'],
  ['preset'],
];

function replaced(body: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof body !== 'object' || body === null) return body;
  if (Array.isArray(body)) return body.map((item, index) => (index === key ? replaced(item, rest, value) : item));
  const members: Record<string, unknown> = { ...body };
  return { ...members, [key]: replaced(members[key], rest, value) };
}
