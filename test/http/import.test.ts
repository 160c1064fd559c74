import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/shared/digest.ts';
import { geneticStudy, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

let service: TestService;
let text: string;
let document: Record<string, unknown>;
beforeAll(async () => {
  service = await startTestService();
  const { id } = (await service.post('/v1/studies', geneticStudy())).json();
  expect(await work(service.database)).toBe(10);
  text = (await service.get(`/v1/studies/${id}/export?provenance=false`)).body;
});
afterAll(() => service[Symbol.asyncDispose]());
beforeEach(() => {
  document = JSON.parse(text);
});

const importOf = (body: object) => service.post('/v1/studies/import', body);
const pointers = async (body: object): Promise<string[]> => {
  const response = await importOf(body);
  expect([response.statusCode, response.json().code]).toEqual([422, 'invalid-document']);
  return response.json().errors.map(({ pointer }: { pointer: string }) => pointer);
};

describe('POST /v1/studies/import', () => {
  it('makes a study of an export: 201, its address, and the same export', async () => {
    const response = await importOf({ document, name: 'small' });
    expect(response.statusCode, response.body).toBe(201);
    const { id, state, trials } = response.json();
    expect(response.headers.location).toBe(`/v1/studies/${id}`);
    expect([state, trials.completed]).toEqual(['completed', 10]);
    expect((await service.get(`/v1/studies/${id}/export?provenance=false`)).body).toBe(text);
    expect((await service.get(`/v1/studies/${id}/export`)).json().provenance).toMatchObject({ imported: { trials: 10 }, environments: [] });
    expect((await service.get(`/v1/studies/${id}/trials`)).json().items[0]).toMatchObject({ source: 'imported', stepsDone: 0 });
  });

  it('stores the digest of the document as it was sent, whatever defaults this release fills in', async () => {
    const { spec } = document as { spec: { sampler: Record<string, unknown> } };
    const { bits, ...sampler } = spec.sampler;
    expect(bits).toEqual({});
    const sent = { ...document, spec: { ...spec, sampler } };
    const { id } = (await importOf({ document: sent })).json();
    const [imported] = (await service.get(`/v1/studies/${id}/events`)).json().items;
    expect(imported).toMatchObject({ type: 'study-imported', data: { document: digestOf(sent) } });
  });

  it('forks at a generation with another seed and budget, and the fork is searched to its end', async () => {
    const made = (await importOf({ document, fork: { generation: 0 }, seed: 9, budget: { generations: 2 }, name: 'fork' })).json();
    expect(made).toMatchObject({ name: 'fork', state: 'active', progress: { observed: 4, suggested: 7 } });
    expect(await work(service.database)).toBe(3);
    expect((await service.get(`/v1/studies/${made.id}`)).json()).toMatchObject({ state: 'completed', outcome: { reason: 'budget' } });
  });

  it('says what a fork comes from: the trials that it keeps, and the digest that its source verifies with; its copy says the same', async () => {
    const { id: original } = (await importOf({ document })).json();
    expect((await service.get(`/v1/studies/${original}`)).json().forkedFrom).toBeNull();
    const { digest } = (await service.post(`/v1/studies/${original}/verify`)).json();
    const sent = (await service.get(`/v1/studies/${original}/export`)).json();
    const fork = (await importOf({ document: sent, fork: { generation: 1 }, seed: 5 })).json();
    expect(fork.forkedFrom).toEqual({ study: null, generation: 1, trials: 7, digest });
    expect((await service.get(`/v1/studies/${fork.id}/report`)).json().forkedFrom).toEqual(fork.forkedFrom);
    expect((await service.get(`/v1/studies/${fork.id}/report.html`)).body).toContain(
      `<dt>forked from</dt><dd>a document (SHA-256 ${digest.slice(0, 12)}…) after generation 1 (7 trials)</dd>`,
    );
    const exported = (await service.get(`/v1/studies/${fork.id}/export`)).json();
    expect(exported.provenance.forkedFrom).toEqual({ generation: 1, trials: 7, digest });
    expect((await importOf({ document: exported })).json().forkedFrom).toEqual(fork.forkedFrom);
    const { provenance: _, ...bare } = exported;
    expect((await importOf({ document: bare })).json().forkedFrom).toBeNull();
    for (const made of [original, fork.id]) await service.post(`/v1/studies/${made}/cancel`);
  });

  it('names all violations at once, with pointers into the request', async () => {
    const { trials } = document as { trials: Record<string, unknown>[] };
    const broken = { ...document, colour: 1, trials: [{ ...trials[0], number: -1 }, { ...trials[1], value: 'x' }, ...trials.slice(2)] };
    expect((await pointers({ document: broken, fork: { trials: 0 }, name: '' })).sort()).toEqual([
      '/document/colour',
      '/document/trials/0/number',
      '/document/trials/1/value',
      '/fork/trials',
      '/name',
    ]);
  });

  it('refuses what its own definition and results do not give, with the first differences, and stores nothing', async () => {
    const before = await service.checksum();
    const { trials, checkpoints } = document as { trials: Record<string, unknown>[]; checkpoints: Record<string, unknown>[] };
    const parameters = { ...(trials[5]?.['parameters'] as object), hiddenUnits: 30 };
    const edited = trials.map((trial, index) => (index === 5 ? { ...trial, parameters } : trial));
    expect(await pointers({ document: { ...document, trials: edited } })).toContain('/document/trials/5/parameters');
    const digest = 'a'.repeat(64);
    expect(
      await pointers({ document: { ...document, checkpoints: checkpoints.map((one, index) => (index === 2 ? { ...one, digest } : one)) } }),
    ).toEqual(['/document/checkpoints/2/digest']);
    expect(await pointers({ document: { ...document, trials: [...trials, trials[9]] } })).toEqual(['/document/trials/10/number']);
    expect(await pointers({ document: { ...document, trials: trials.slice(0, 9) } })).toContain('/document/outcome');
    expect(await pointers({ document: { ...document, samplerVersion: 7, objectiveVersion: 8 } })).toEqual([
      '/document/samplerVersion',
      '/document/objectiveVersion',
    ]);
    expect(await pointers({ document: { ...document, format: 'clavier-campaign/1' } })).toEqual(['/document/format']);
    expect(await service.checksum()).toBe(before);
  });

  it('says in one violation how an export is sent, and that a fork is made in one of two ways', async () => {
    expect(await pointers(document)).toEqual(['/document']);
    for (const fork of [{}, { generation: 0, trials: 4 }]) {
      const { errors } = (await importOf({ document, fork })).json();
      expect(errors).toEqual([{ pointer: '/fork', detail: 'must have either generation or trials' }]);
    }
  });

  it('refuses hostile bodies as every operation does', async () => {
    const raw = async (payload: string) =>
      (
        await service.request({ method: 'POST', url: '/v1/studies/import', payload, headers: { 'content-type': 'application/json' } })
      ).json();
    expect(await raw(`{"document": ${'['.repeat(40)}${']'.repeat(40)}}`)).toMatchObject({ code: 'invalid-request' });
    expect(await raw('{"document": {"__proto__": {"format": 1}}}')).toMatchObject({
      code: 'invalid-request',
      errors: [{ pointer: '/document/__proto__' }],
    });
    expect(await raw(text.replace('"observed"', '"x"').replace('"value":', '"value":1e400,"w":'))).toMatchObject({
      code: 'invalid-request',
    });
    expect(await raw('{"document": ')).toMatchObject({ code: 'malformed-json' });
    expect(await raw('null')).toMatchObject({ code: 'invalid-document', errors: [{ pointer: '' }] });
  });

  it('takes bodies that are larger than those of other operations, with more values', async () => {
    const padded = `{"document": ${text}, "name": "${'x'.repeat(9_000_000)}"}`;
    const long = await service.request({
      method: 'POST',
      url: '/v1/studies/import',
      payload: padded,
      headers: { 'content-type': 'application/json' },
    });
    expect(long.json()).toMatchObject({ code: 'invalid-document', errors: [{ pointer: '/name' }] });
    const many = { document, fork: Array.from({ length: 300_000 }, () => 0) };
    expect((await importOf(many)).json().code).toBe('invalid-document');
    const other = await service.post('/v1/studies', { name: Array.from({ length: 300_000 }, () => 0) });
    expect(other.json()).toMatchObject({ code: 'invalid-request', errors: [{ detail: 'has more than 250000 values' }] });
  });

  it('leaves the other methods of its address as they were', async () => {
    expect((await service.get('/v1/studies/import')).statusCode).toBe(405);
    expect((await service.get(`/v1/studies/${unknownId}/export?provenance=no`)).json()).toMatchObject({
      errors: [{ parameter: 'provenance' }],
    });
  });
});
