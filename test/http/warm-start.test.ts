import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/shared/digest.ts';
import { externalStudy, geneticStudy, unknownId } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

async function create(definition: object): Promise<string> {
  const response = await service.post('/v1/studies', definition);
  expect(response.statusCode, response.body).toBe(201);
  return response.json().id;
}

const read = async (id: string) => (await service.get(`/v1/studies/${id}`)).json();

/** A study of the service whose trials are all done. */
async function searched(changes: Record<string, unknown> = {}): Promise<string> {
  const id = await create(geneticStudy({ sampler: { type: 'random' }, budget: { trials: 6 }, ...changes }));
  while ((await read(id)).state === 'active') await work(service.database);
  return id;
}

interface Shown {
  readonly number: number;
  readonly parameters: { readonly hiddenUnits: number };
  readonly values: object;
}

const trialsOf = async (id: string): Promise<Shown[]> => (await service.get(`/v1/studies/${id}/trials?limit=200`)).json().items;

const narrow = [
  { type: 'float', name: 'learningRate', low: 0.0005, high: 0.01, step: 0.0005 },
  { type: 'int', name: 'hiddenUnits', low: 1, high: 16 },
];

describe('a study that starts with the results of others', () => {
  it('copies those whose configuration is in its space, by study and number, and reads nothing of them again', async () => {
    const [first, second] = [await searched({ name: 'first' }), await searched({ name: 'second', seed: 2 })];
    const sources = [second, first];
    const fields = {
      searchSpace: narrow,
      sampler: { type: 'tpe', startupTrials: 4 },
      budget: { trials: 4 },
      warmStart: sources.map((study) => ({ study })),
    };
    const fitting: { readonly from: object }[][] = [];
    for (const [index, id] of sources.entries()) {
      const trials = (await trialsOf(id)).filter(({ parameters }) => parameters.hiddenUnits <= 16);
      fitting.push(
        trials.map(({ number, parameters, values }) => ({ parameters, values, from: { study: index === 0 ? 'second' : 'first', number } })),
      );
    }
    const own = { parameters: { learningRate: 0.001, hiddenUnits: 3 } };
    const id = await create(geneticStudy({ ...fields, givenTrials: [own] }));
    const { spec } = await read(id);
    expect(spec.givenTrials).toEqual([own, ...fitting.flat()]);
    expect(spec.warmStart).toEqual(
      sources.map((study, index) => {
        const taken = fitting[index] ?? [];
        return { study, name: index === 0 ? 'second' : 'first', digest: digestOf(taken), taken: taken.length, left: 6 - taken.length };
      }),
    );
    expect(fitting.flat().length).toBeGreaterThan(0);
    expect(fitting.flat().length).toBeLessThan(12);
    for (const study of sources) expect((await service.request({ method: 'DELETE', url: `/v1/studies/${study}` })).statusCode).toBe(204);
    while ((await read(id)).state === 'active') await work(service.database);
    const verification = await service.request({ method: 'POST', url: `/v1/studies/${id}/verify` });
    expect(verification.json()).toMatchObject({ verified: true, differences: [] });
    const document = (await service.get(`/v1/studies/${id}/export?provenance=false`)).json();
    expect(document.trials[1]).toMatchObject({ given: 'known', origin: { from: fitting.flat()[0]?.from } });
    const copy = await create({ ...spec, evaluate: undefined });
    expect((await read(copy)).definition.digest).toBe((await read(id)).definition.digest);
    const imported = await service.post('/v1/studies/import', { document });
    expect(imported.statusCode, imported.body).toBe(201);
  });

  it('drops parameters that its space lacks, and leaves out trials that lack one of its own', async () => {
    const source = await searched();
    const [rate, units] = narrow;
    const warmStart = [{ study: source }];
    const fewer = (await read(await create(geneticStudy({ searchSpace: [rate], warmStart })))).spec;
    expect(fewer.warmStart[0]).toMatchObject({ taken: 6, left: 0 });
    expect(Object.keys(fewer.givenTrials[0].parameters)).toEqual(['learningRate']);
    const more = [rate, units, { type: 'int', name: 'epochs', low: 1, high: 3 }];
    const objective = { type: 'external', metrics: [{ name: 'value', direction: 'maximize' }] };
    const other = (await read(await create(geneticStudy({ searchSpace: more, objective, warmStart })))).spec;
    expect(other).not.toHaveProperty('givenTrials');
    expect(other.warmStart[0]).toMatchObject({ taken: 0, left: 6 });
  });

  it('is estimated with them, and the estimated definition creates it', async () => {
    const source = await searched();
    const dryRun = await service.post('/v1/studies', { ...geneticStudy({ warmStart: [{ study: source }] }), dryRun: true });
    expect(dryRun.statusCode, dryRun.body).toBe(200);
    const { spec } = dryRun.json();
    expect(spec.givenTrials).toHaveLength(6);
    expect((await read(await create(spec))).spec).toEqual(spec);
  });

  it('is refused where a study is not there or optimises something else, with the difference', async () => {
    const source = await searched();
    const warmStart = [{ study: source }, { study: unknownId }];
    const before = await service.checksum();
    const response = await service.post('/v1/studies', externalStudy({ warmStart, parallelism: 101 }));
    expect(response.statusCode).toBe(422);
    expect(response.json().errors).toEqual([
      { pointer: '/parallelism', detail: expect.any(String) },
      { pointer: '/warmStart/0/study', detail: expect.stringContaining('optimises value (maximize), this one accuracy (maximize)') },
      { pointer: '/warmStart/1/study', detail: expect.stringContaining('there is no study') },
    ]);
    const minimized = await service.post(
      '/v1/studies',
      geneticStudy({ warmStart: [{ study: source }], metrics: [{ name: 'value', direction: 'minimize' }] }),
    );
    expect(minimized.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/warmStart/0/study']);
    const many = await service.post('/v1/studies', geneticStudy({ warmStart: Array.from({ length: 11 }, () => ({ study: source })) }));
    expect(many.statusCode).toBe(422);
    expect(await service.checksum()).toBe(before);
  });
});
