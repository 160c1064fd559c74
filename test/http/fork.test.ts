import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { geneticStudy, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());
beforeEach(async () => {
  // A fork that stays active would get the trials of the next test.
  for (const { id, state } of (await service.get('/v1/studies?limit=200')).json().items)
    if (state === 'active' || state === 'paused') await service.post(`/v1/studies/${id}/cancel`);
});

const random = { sampler: { type: 'random' }, budget: { trials: 12 } };
const searches = {
  genetic: { definition: {}, keep: { generation: 0 } },
  random: { definition: random, keep: { trials: 5 } },
  tpe: { definition: { ...random, sampler: { type: 'tpe', startupTrials: 3 } }, keep: { trials: 5 } },
  'tpe, asynchronous': {
    definition: { ...random, sampler: { type: 'tpe', startupTrials: 3 }, schedule: 'asynchronous' },
    keep: { trials: 5 },
  },
} as const satisfies Record<string, { definition: Record<string, unknown>; keep: object }>;

/** A study after some trials, in a state. */
async function studyIn(state: string, definition: Record<string, unknown>): Promise<string> {
  const { id } = (await service.post('/v1/studies', geneticStudy(definition))).json();
  await work(service.database, state === 'completed' ? 1000 : 6);
  if (state === 'paused' || state === 'cancelled') await service.post(`/v1/studies/${id}/${state === 'paused' ? 'pause' : 'cancel'}`);
  expect((await service.get(`/v1/studies/${id}`)).json().state).toBe(state);
  return id;
}

const forkOf = (id: string, body: object) => service.post(`/v1/studies/${id}/fork`, body);
const exportOf = async (id: string): Promise<string> => (await service.get(`/v1/studies/${id}/export`)).body;
const eventsOf = async (id: string): Promise<unknown[]> =>
  (await service.get(`/v1/studies/${id}/events`))
    .json()
    .items.map(({ type, data, hash }: Record<string, unknown>) => ({ type, data, hash }));

/** Each search, and each state of a source. */
const sources = [
  ['genetic', 'active'],
  ['genetic', 'paused'],
  ['genetic', 'completed'],
  ['random', 'cancelled'],
  ['tpe', 'active'],
  ['tpe, asynchronous', 'completed'],
] as const;

describe('POST /v1/studies/{studyId}/fork of a search', () => {
  it.each(sources)('(%s) that is %s gives the bytes and the log of an import of its export', async (search, state) => {
    const { definition, keep } = searches[search];
    const id = await studyIn(state, definition);
    const exported = await exportOf(id);
    const changes = { name: 'fork', seed: 99, budget: 'generation' in keep ? { generations: 4 } : { trials: 20 } };
    const made = await forkOf(id, { ...keep, ...changes });
    expect(made.statusCode, made.body).toBe(201);
    const fork = made.json();
    expect(made.headers.location).toBe(`/v1/studies/${fork.id}`);
    expect(fork).toMatchObject({ name: 'fork', state: 'active', spec: { seed: 99 }, forkedFrom: { study: id, ...keep } });
    const imported = (await service.post('/v1/studies/import', { document: JSON.parse(exported), fork: keep, ...changes })).json();
    expect(await exportOf(fork.id)).toBe(await exportOf(imported.id));
    expect(await eventsOf(fork.id)).toEqual(await eventsOf(imported.id));
    expect({ ...imported.forkedFrom, study: id }).toEqual(fork.forkedFrom);
    expect(await exportOf(id)).toBe(exported);
    expect((await service.post(`/v1/studies/${fork.id}/verify`)).json()).toMatchObject({ verified: true, differences: [] });
  });
});

describe('POST /v1/studies/{studyId}/fork', () => {
  it('makes a fork that is searched to its end, and names the digest that its source verified with', async () => {
    const id = await studyIn('completed', {});
    const { digest } = (await service.post(`/v1/studies/${id}/verify`)).json();
    const fork = (await forkOf(id, { generation: 1, seed: 7 })).json();
    expect(fork.forkedFrom).toEqual({ study: id, generation: 1, trials: 7, digest });
    expect(await work(service.database)).toBe(3);
    expect((await service.get(`/v1/studies/${fork.id}`)).json()).toMatchObject({ state: 'completed', outcome: { reason: 'budget' } });
  });

  it('without another seed continues as the study itself does: the same end, to the byte', async () => {
    const id = await studyIn('active', {});
    const fork = (await forkOf(id, { generation: 0 })).json();
    await work(service.database);
    const [one, other] = [id, fork.id].map(async (study) => (await service.get(`/v1/studies/${study}/export?provenance=false`)).body);
    expect(await one).toBe(await other);
  });

  it('names all violations at once, with pointers into the request, and stores nothing', async () => {
    const [genetic, sequential] = [await studyIn('completed', {}), await studyIn('completed', random)];
    const before = await service.checksum();
    const pointers = async (id: string, body: object | undefined): Promise<string[]> => {
      const { code, status, errors } = (await service.post(`/v1/studies/${id}/fork`, body)).json();
      expect([status, code]).toEqual([422, 'invalid-fork']);
      return errors.map(({ pointer }: { pointer: string }) => pointer).sort();
    };
    expect(await pointers(genetic, undefined)).toEqual(['']);
    expect(await pointers(genetic, {})).toEqual(['']);
    expect(await pointers(genetic, { generation: 0, trials: 4 })).toEqual(['']);
    expect(await pointers(genetic, { generation: -1, colour: 1, name: '', seed: 'x' })).toEqual([
      '/colour',
      '/generation',
      '/name',
      '/seed',
    ]);
    expect(await pointers(genetic, { generation: 3 })).toEqual(['/generation']);
    expect(await pointers(genetic, { trials: 4 })).toEqual(['/trials']);
    expect(await pointers(genetic, { generation: 2, seed: 5 })).toEqual(['/seed']);
    expect(await pointers(sequential, { generation: 0 })).toEqual(['/generation']);
    expect(await pointers(sequential, { trials: 13 })).toEqual(['/trials']);
    expect(await pointers(sequential, { trials: 10, budget: { trials: 4 } })).toEqual(['/budget']);
    expect((await forkOf(unknownId, { trials: 4 })).json().code).toBe('study-not-found');
    expect(await service.checksum()).toBe(before);
  });
});
