import { describe, expect, test, vi } from 'vitest';
import { resolveCampaign } from '../../src/campaigns/resolve.ts';
import { campaignSpecSchema, resolvedCampaignSchema } from '../../src/campaigns/spec.ts';
import { DomainError } from '../../src/shared/errors.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const random = { name: 'random', sampler: { type: 'random' }, budget: { trials: 10 } };
const genetic = { name: 'genetic', sampler: { type: 'genetic', population: 6, elites: 2 }, budget: { generations: 3 } };
const minimal = {
  name: 'a campaign',
  searchSpace: [
    { type: 'int', name: 'hiddenUnits', low: 1, high: 64 },
    { type: 'int', name: 'epochs', low: 1, high: 3 },
  ],
  metric: { name: 'gain' },
  objective: { type: 'test-function', function: 'lstm-landscape', examples: 500 },
  studies: [random, genetic],
  final: { finalists: [{ study: 'random' }, { study: 'genetic', top: 2 }] },
};
const resolve = (fields: object = {}) => resolveCampaign(campaignSpecSchema.parse({ ...minimal, ...fields }), 77);

function violationsOf(fields: object): { pointer: string; detail: string }[] {
  try {
    resolve(fields);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    expect(error.code).toBe('invalid-campaign');
    return [...error.violations];
  }
}

const pointersOf = (fields: object) => violationsOf(fields).map(({ pointer }) => pointer);
const withStudy = (study: object) => ({ studies: [random, genetic, { ...random, ...study }] });
const withFinalists = (...finalists: object[]) => ({ final: { finalists } });

test('a campaign has no search whose values change on the way', () => {
  const study = { sampler: { type: 'pbt', fidelity: 'epochs', interval: 1 }, name: 'population' };
  expect(violationsOf(withStudy(study))).toEqual([
    { pointer: '/studies/2/sampler/type', detail: expect.stringContaining('create a study of its own for it') },
  ]);
});

describe('a resolved campaign', () => {
  test.each([
    ['leaves its sampler open', { name: 'open', budget: { trials: 20 } }],
    ['asks for auto', { name: 'open', sampler: { type: 'auto' }, budget: { trials: 20 } }],
  ])('has the sampler that is chosen for a search that %s, and why, and is resolved to itself', (_title, open) => {
    const { studies } = resolve({ studies: [open, random, genetic] });
    const chosen = { name: 'open', sampler: { type: 'gp' }, samplerReason: 'gp: 2 numeric parameters, 20 trials', budget: { trials: 20 } };
    expect(studies).toMatchObject([chosen, random, genetic]);
    expect(studies[1]).not.toHaveProperty('samplerReason');
    expect(resolve({ studies }).studies).toEqual(studies);
  });

  test('has every default filled in', () => {
    const mutation = { probability: 0.3, kind: 'one-bit', bitProbability: 0.03 };
    expect(resolve()).toEqual({
      ...minimal,
      searchSpace: minimal.searchSpace.map((parameter) => ({ ...parameter, step: 1, scale: 'linear' })),
      metric: { name: 'gain', direction: 'maximize' },
      objective: { ...minimal.objective, noise: 0, failures: 0, steps: 1, stepMs: 0 },
      studies: [
        { ...random, parallelism: 16 },
        { ...genetic, sampler: { ...genetic.sampler, selectionExponent: 2, mutation, bits: {} }, parallelism: 6 },
      ],
      order: 'parallel',
      final: {
        finalists: [
          { study: 'random', top: 1 },
          { study: 'genetic', top: 2 },
        ],
        cross: true,
        grid: { parallelism: 16 },
      },
      evaluation: { repeats: 5 },
      retries: { maxAttempts: 3, on: ['crash', 'error', 'timeout'] },
      ranking: 'finite-first',
      seed: 77,
      objectiveSeed: 77,
    });
  });

  test('is one when it is read back, and resolves to itself when it is posted again', () => {
    const campaign = resolve({ seed: 0, objectiveSeed: 3, evaluation: { repeats: 0, trainSize: 9 } });
    const stored = JSON.parse(JSON.stringify(campaign));
    expect(resolvedCampaignSchema.parse(stored)).toEqual(campaign);
    expect(resolveCampaign(campaignSpecSchema.parse(stored), 1)).toEqual(campaign);
  });

  test('keeps what it was given: seeds, parallelism, direction, and no final where it names none', () => {
    const metric = { name: 'value', direction: 'maximize' };
    const campaign = resolve({ seed: 4, objectiveSeed: 0, metric, studies: [{ ...random, parallelism: 2 }], final: undefined });
    expect(campaign).toMatchObject({ seed: 4, objectiveSeed: 0, metric, studies: [{ parallelism: 2 }] });
    expect(campaign).not.toHaveProperty('final');
  });
});

describe('a campaign is refused', () => {
  test.each([
    ['with a sampler that does not fit', withStudy({ name: 'ga', sampler: { type: 'genetic', elites: 20 } }), '/studies/2/sampler/elites'],
    ['with a study without an end', withStudy({ name: 'endless', budget: {} }), '/studies/2/budget'],
    [
      'with generations of a sampler that has none',
      withStudy({ name: 'odd', budget: { trials: 2, generations: 2 } }),
      '/studies/2/budget/generations',
    ],
    ['with two studies of one name', withStudy({}), '/studies/2/name'],
    ['with a study that is called as the final is', withStudy({ name: 'final-grid' }), '/studies/2/name'],
    ['with a study that is called as the evaluation is', withStudy({ name: 'test' }), '/studies/2/name'],
    ['with a study that is called as a repeat is', withStudy({ name: 'repeat-12' }), '/studies/2/name'],
    ['with finalists of a study that it has not', withFinalists({ study: 'bayesian' }), '/final/finalists/0/study'],
    ['with finalists of one study named twice', withFinalists({ study: 'random' }, { study: 'random' }), '/final/finalists/1/study'],
    [
      'with more finalists than a study has trials',
      { studies: [{ ...random, budget: { trials: 2 } }], ...withFinalists({ study: 'random', top: 3 }) },
      '/final/finalists/0/top',
    ],
    [
      'with a final that has no place for its finalists',
      { final: { finalists: [{ study: 'random', top: 3 }], grid: { trials: 2 } } },
      '/final/grid/trials',
    ],
    [
      'with an objective that has no such parameter, said once for all studies',
      { searchSpace: [{ type: 'int', name: 'wings', low: 1, high: 2 }] },
      '/searchSpace/0/name',
    ],
    [
      'with options that the objective refuses, said once for all studies',
      { objective: { ...minimal.objective, noise: 2 } },
      '/objective/noise',
    ],
  ])('%s', (_what, fields, pointer) => {
    expect(pointersOf(fields)).toEqual([pointer]);
  });

  test('for all its faults at once', () => {
    const fields = {
      searchSpace: [{ type: 'int', name: 'wings', low: 1, high: 2 }],
      studies: [
        { ...random, name: 'test' },
        { ...genetic, sampler: { type: 'grid', axes: { none: { points: 2 } } }, budget: { generations: 1 } },
      ],
      final: { finalists: [{ study: 'random' }] },
    };
    expect(pointersOf(fields)).toEqual([
      '/searchSpace/0/name',
      '/studies/0/name',
      '/studies/1/sampler/axes/none',
      '/studies/1/budget/generations',
      '/final/finalists/0/study',
    ]);
  });

  test('where crossing its finalists could give more points than a grid may have, unless they are not crossed', () => {
    const objective = { type: 'test-function', function: 'hartmann-6' };
    const searchSpace = ['x1', 'x2', 'x3', 'x4', 'x5', 'x6'].map((name) => ({ type: 'float', name, low: 0, high: 1 }));
    const studies = ['a', 'b'].map((name) => ({ ...random, name }));
    const finalists = studies.map(({ name }) => ({ study: name, top: 8 }));
    expect(violationsOf({ objective, searchSpace, studies, final: { finalists } })).toEqual([
      { pointer: '/final', detail: expect.stringContaining('crossing 16 finalists can give 16777216 points, more than 10000000') },
    ]);
    expect(pointersOf({ objective, searchSpace, studies, final: { finalists, cross: false } })).toEqual([]);
  });

  test('but not for asking much of a study that only time ends', () => {
    const studies = [{ ...random, budget: { wallClockSeconds: 60 } }];
    expect(pointersOf({ studies, ...withFinalists({ study: 'random', top: 10 }) })).toEqual([]);
  });
});
