import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { campaignExamples, studyExamples } from '../../../../src/http/examples.ts';
import { startTestService, type TestService } from '../../../http/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const names = async (url: string): Promise<string[]> => (await service.get(url)).json().items.map(({ name }: { name: string }) => name);

describe('the presets of studies', () => {
  it('are those of the paper', async () => {
    expect(await names('/v1/presets?kind=study')).toEqual([
      'paper-1',
      'paper-2',
      'paper-3',
      'paper-1-fast',
      'paper-2-fast',
      'paper-3-fast',
    ]);
    expect((await service.get('/v1/presets/paper-2')).json().spec.sampler).toMatchObject({ elites: 10, selectionExponent: 4 });
  });

  it('are expanded, and merged with what stands beside them', async () => {
    const study = (
      await service.post('/v1/studies', {
        preset: 'paper-3',
        budget: { trials: 7 },
        sampler: { population: 6, elites: 2 },
        objective: { trainSize: 50 },
      })
    ).json();
    expect(study.spec).toMatchObject({
      name: 'paper-3',
      budget: { generations: 70, trials: 7 },
      sampler: { population: 6, elites: 2, selectionExponent: 2 },
      objective: { dataset: 'imdb', trainSize: 50 },
    });
    expect(study.spec.searchSpace[0].high).toBe(0.5115);
    expect(study.progress.planned).toBe(7);
  });
});

describe('the presets of campaigns', () => {
  it('are the protocol of the paper', async () => {
    const { items } = (await service.get('/v1/presets?kind=campaign')).json();
    expect(items).toMatchObject([{ name: 'paper' }]);
    expect((await service.get('/v1/presets/paper')).json()).toEqual(items[0]);
    expect(items[0].spec.studies).toHaveLength(5);
  });

  it('are shrunk by their scale, and a dry run says what it made of the numbers', async () => {
    const dryRun = async (scale: number) => (await service.post('/v1/campaigns', { preset: 'paper', scale, dryRun: true })).json();
    const [small, full] = [await dryRun(0.1), await dryRun(1)];
    expect(full.scaled).toEqual([]);
    expect(small.scaled.map(({ what }: { what: string }) => what)).toContain('trials of random');
    const studies = full.spec.studies.map(({ name }: { name: string }) => name);
    expect(studies).toEqual(['random', 'bayesian', 'genetic-1', 'genetic-2', 'genetic-3']);
    expect(small.spec.studies[0].budget.trials).toBeLessThan(full.spec.studies[0].budget.trials);
  });
});

describe('the examples of the document', () => {
  it.each(studyExamples)('are studies: $name', async ({ definition }) => {
    expect((await service.post('/v1/studies', definition)).statusCode).toBe(201);
  });

  it.each(campaignExamples)('are campaigns: $name', async ({ definition }) => {
    const response = await service.post('/v1/campaigns', { ...definition, dryRun: false });
    expect(response.statusCode, response.body).toBe(201);
  });
});

describe('a new study', () => {
  const classifier = { type: 'lstm-text-classifier', dataset: 'spam-assassin' };
  const study = (changes: object) => ({
    name: 'mail',
    searchSpace: [{ type: 'float', name: 'learningRate', low: 0.001, high: 0.1 }],
    metrics: [{ name: 'accuracy' }],
    sampler: { type: 'tpe' },
    budget: { trials: 1 },
    objective: { ...classifier, hyperparameters: { batchSize: 32 } },
    ...changes,
  });

  it('shows every number that shapes it, and is the same when that is sent again', async () => {
    const { spec } = (await service.post('/v1/studies', study({}))).json();
    expect(spec).toMatchObject({
      sampler: { type: 'tpe', preset: 'default', startupTrials: 10, candidates: 24, priorWeight: 1 },
      schedule: 'deterministic',
      ranking: 'finite-first',
      parallelism: 4,
    });
    expect(spec.objective).toEqual({
      ...classifier,
      datasetVersion: 2,
      hyperparameters: {
        hiddenUnits: 64,
        epochs: 3,
        maxLength: 200,
        vocabularySize: 5000,
        embeddingSize: 32,
        batchSize: 32,
        optimizer: 'adam',
        dropout: 0,
        clipNorm: 0,
      },
    });
    const again = await service.post('/v1/studies', spec);
    expect(again.statusCode, again.body).toBe(201);
    expect(again.json().spec).toEqual(spec);
  });

  it('has no target that its metric cannot reach', async () => {
    const errorsOf = async (metric: string, targetValue: number) =>
      (await service.post('/v1/studies', study({ metrics: [{ name: metric }], budget: { trials: 1, targetValue } }))).json().errors;
    expect(await errorsOf('accuracy', 95)).toEqual([
      { pointer: '/budget/targetValue', detail: 'must be at most 1, the largest value of accuracy: no trial can reach 95' },
    ]);
    expect(await errorsOf('loss', -0.1)).toEqual([
      { pointer: '/budget/targetValue', detail: 'must be at least 0, the smallest value of loss: no trial can reach -0.1' },
    ]);
    expect(await errorsOf('accuracy', 1)).toBeUndefined();
  });
});
