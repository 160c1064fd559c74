import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geneticStudy, smallCampaign } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

interface Refused {
  readonly detail: string;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
}

/** Sends a definition that is refused. */
async function refused(body: object, url = '/v1/studies'): Promise<Refused> {
  const response = await service.post(url, body);
  expect(response.statusCode, response.body).toBe(422);
  return response.json();
}
const pointers = async (body: object, url?: string): Promise<string[]> => (await refused(body, url)).errors.map(({ pointer }) => pointer);
/** The detail of the only error. */
async function detailOf(changes: object): Promise<string | undefined> {
  const { errors } = await refused(geneticStudy({ ...changes }));
  expect(errors).toHaveLength(1);
  return errors[0]?.detail;
}

describe('all errors of a definition come in one problem', () => {
  const space = [
    { type: 'float', name: 'learningRate', low: 0.1, high: 0.01 },
    { type: 'int', name: 'wings', low: 1, high: 2 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 50_000 },
  ];

  it('those of single values beside those between parts, each once', async () => {
    const sampler = { type: 'genetic', population: 8, elites: 9 };
    expect(await pointers(geneticStudy({ searchSpace: space, sampler, budget: {}, seed: 2 ** 53 }))).toEqual([
      '/searchSpace/0/high',
      '/seed',
      '/sampler/elites',
      '/budget',
      '/searchSpace/1/name',
      '/searchSpace/2/high',
    ]);
  });

  it('an unknown key hides nothing in its part, and an invalid option none of the other parts', async () => {
    const [rate, ...others] = space;
    const searchSpace = [{ ...rate, wings: 2 }, ...others];
    const objective = { type: 'test-function', function: 'lstm-landscape', noise: -1 };
    const sampler = { type: 'tpe', startupTrials: -1 };
    expect(await pointers(geneticStudy({ searchSpace, objective, sampler, parallelism: 500, budget: { generations: 2 } }))).toEqual([
      '/searchSpace/0/wings',
      '/searchSpace/0/high',
      '/sampler/startupTrials',
      '/objective/noise',
      '/budget/generations',
      '/parallelism',
      '/searchSpace/1/name',
      '/searchSpace/2/high',
    ]);
  });

  it('nothing is said of what only follows from an invalid parameter', async () => {
    const condition = { parameter: 'hiddenUnits', values: [3] };
    const searchSpace = [
      { type: 'int', name: 'hiddenUnits', low: 9, high: 1 },
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.01, when: condition },
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.01 },
    ];
    const sampler = { type: 'grid', axes: { hiddenUnits: { values: [3] }, learningRate: { points: 2 } } };
    const found = await pointers(geneticStudy({ searchSpace, sampler, budget: {} }));
    expect(found).toEqual(['/searchSpace/0/high', '/searchSpace/2/name', '/searchSpace/1/when']);
  });

  it('a campaign reports those of each study at its place, and shared ones once', async () => {
    const studies = [
      { name: 'genetic', sampler: { type: 'genetic', population: 8, elites: 9 }, budget: { generations: 2 } },
      { name: 'random', sampler: { type: 'random' }, budget: {} },
    ];
    expect(await pointers(smallCampaign({ searchSpace: space, studies, metric: { name: 'weight' } }), '/v1/campaigns')).toEqual([
      '/searchSpace/0/high',
      '/metric/name',
      '/searchSpace/1/name',
      '/searchSpace/2/high',
      '/studies/0/sampler/elites',
      '/studies/1/budget',
    ]);
  });

  it('the detail of the problem has the first error in words', async () => {
    expect((await refused(geneticStudy({ seed: -1 }))).detail).toBe('the study definition has an error: /seed must be at least 0, got -1');
    expect((await refused(geneticStudy({ seed: -1, name: '' }))).detail).toBe(
      'the study definition has 2 errors; the first: /name must have at least 1 character',
    );
    expect((await refused(smallCampaign({ seed: -1 }), '/v1/campaigns')).detail).toContain('/seed must be at least 0, got -1');
  });
});

describe('an unknown name comes with the one that was probably meant', () => {
  it.each([
    [{ sampler: { type: 'genetic', populationSize: 4 } }, 'is not a known key: did you mean population?'],
    [{ sampler: { type: 'genetic', population: 4, elitism: 1 } }, 'is not a known key: did you mean elites?'],
    [{ sampler: { type: 'tpe', n_startup_trials: 5 }, budget: { trials: 9 } }, 'is not a known key: did you mean startupTrials?'],
    [{ budget: { generations: 3, n_trials: 7 } }, 'is not a known key: did you mean trials?'],
    [{ random_state: 7 }, 'is not a known key: did you mean seed?'],
    [{ n_jobs: 2 }, 'is not a known key: did you mean parallelism?'],
    [{ sampler: { type: 'bayesian' } }, expect.stringMatching(/^must be "auto" or "random" or .+, got "bayesian"/)],
    [{ sampler: { type: 'genetics' } }, expect.stringMatching(/got "genetics": did you mean genetic\?$/)],
    [{ objective: { type: 'test-function', function: 'brannin' } }, expect.stringMatching(/got "brannin": did you mean branin\?$/)],
    [{ metrics: [{ name: 'valeu' }] }, expect.stringMatching(/has no metric valeu; it has value: did you mean value\?$/)],
    [{ constructor: 2 }, expect.stringMatching(/^is not a known key/)],
    [{ sampler: { type: 'toString' } }, expect.stringMatching(/got "toString"$/)],
    [{ metrics: [{ name: 'value', direction: 'constructor' }] }, 'must be "maximize" or "minimize", got "constructor"'],
    [{ sampler: { type: 'quasi-random', wings: 2 }, budget: { trials: 3 } }, 'is not a known key; the keys here are type'],
    [{ wings: 2 }, expect.stringMatching(/^is not a known key; the keys here are name, searchSpace, /)],
  ])('%j', async (changes, detail) => {
    expect(await detailOf(changes)).toEqual(detail);
  });
});
