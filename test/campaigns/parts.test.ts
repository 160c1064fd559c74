import { describe, expect, test } from 'vitest';
import { gridPart, type PlannedPart, repeatParts, searchPart, testPart } from '../../src/campaigns/parts.ts';
import { repeatSeedOf, studySeedOf } from '../../src/campaigns/seeds.ts';
import { lstmObjectiveSchema } from '../../src/objectives/text-classifier/objective.ts';
import { canonicalText } from '../../src/shared/digest.ts';
import { resolvedSpecSchema, samplerOf } from '../../src/studies/definition/definition.ts';
import { plannedTrials } from '../../src/studies/search/planned-trials.ts';
import { runInOrder } from '../studies/simulator.ts';
import { resolvedCampaign } from './resolved-campaign.ts';

const campaign = resolvedCampaign({ objectiveSeed: 11, evaluation: { repeats: 2, trainSize: 900 } });
const withFinal = (fields: object = {}) => resolvedCampaign({ final: { finalists: [{ study: 'random', top: 3 }], ...fields } });
const configurations = [
  { learningRate: 0.002, hiddenUnits: 7, epochs: 3 },
  { learningRate: 0.001, hiddenUnits: 5, epochs: 3 },
  { learningRate: 0.002, hiddenUnits: 9, epochs: 1 },
];
const finalists = configurations.map((parameters) => ({ parameters }));

/** What the study of a part tries, in order. */
const pointsOf = (part: PlannedPart | null) => (part ? runInOrder(part.spec, () => 0.5).trials.map(({ parameters }) => parameters) : []);
const searchParts = (of: typeof campaign) => of.studies.map((study) => searchPart(of, study));

test('every part has the data version of its campaign, which a campaign of before there were versions does not name', () => {
  const objective = lstmObjectiveSchema.parse({ type: 'lstm-text-classifier', dataset: 'spam-assassin' });
  for (const datasetVersion of [undefined, 2]) {
    const old = { ...withFinal(), objective: { ...objective, ...(datasetVersion && { datasetVersion }) } };
    const parts = [...searchParts(old), gridPart(old, finalists), testPart(old, finalists), ...repeatParts(old, finalists)];
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect(part?.spec.objective).toEqual(old.objective);
  }
});

describe('a search part', () => {
  test('is the study over the space and objective of the campaign, with a seed of its own and the trainings of all', () => {
    expect(searchParts(campaign)[0]).toEqual({
      kind: 'search',
      name: 'random',
      spec: {
        name: 'a campaign / random',
        searchSpace: campaign.searchSpace,
        metrics: [{ name: 'accuracy', direction: 'maximize' }],
        sampler: { type: 'random' },
        budget: { trials: 7 },
        parallelism: 3,
        seed: studySeedOf(5, 'random'),
        objectiveSeed: 11,
        retries: { maxAttempts: 1, on: ['crash', 'error', 'timeout'] },
        schedule: 'deterministic',
        evaluate: false,
        labels: {},
        objective: campaign.objective,
      },
    });
  });

  test('is called by campaign and study, cut by whole characters to what a name may have', () => {
    const [name] = searchParts(resolvedCampaign({ name: '🎹'.repeat(100) })).map(({ spec }) => spec.name);
    expect(name).toBe(`${'🎹'.repeat(95)}… / random`);
    expect(resolvedSpecSchema.shape.name.safeParse(name).success).toBe(true);
  });
});

describe('the final grid', () => {
  test('crosses the distinct values that the finalists have of each parameter, in their order', () => {
    const part = gridPart(withFinal(), finalists);
    expect(part).toMatchObject({
      kind: 'grid',
      name: 'final-grid',
      spec: {
        name: 'a campaign / final-grid',
        sampler: {
          type: 'grid',
          axes: { learningRate: { values: [0.002, 0.001] }, hiddenUnits: { values: [7, 5, 9] }, epochs: { values: [3, 1] } },
        },
        budget: {},
        seed: studySeedOf(5, 'final-grid'),
        objectiveSeed: 5,
      },
    });
    expect(part?.spec.evaluate).toBe(false);
    expect(pointsOf(part)).toHaveLength(12);
    expect(pointsOf(part)).toEqual(expect.arrayContaining(configurations));
  });

  test('of which only some points are tried has the finalists first, then others of it, each once and the same every time', () => {
    const few = withFinal({ grid: { trials: 8, parallelism: 2 } });
    const part = gridPart(few, finalists);
    const points = pointsOf(part);
    expect(points.slice(0, 3)).toEqual(configurations);
    expect(new Set(points.map((point) => canonicalText(point))).size).toBe(8);
    expect(points).toHaveLength(8);
    expect(pointsOf(gridPart(withFinal(), finalists))).toEqual(expect.arrayContaining(points));
    expect(part?.spec).toMatchObject({ parallelism: 2, budget: { trials: 8 } });
    expect(gridPart(few, finalists)).toEqual(part);
  });

  test('that may try more points than it has is the whole of it', () => {
    expect(gridPart(withFinal({ grid: { trials: 12 } }), finalists)?.spec.sampler.type).toBe('grid');
  });

  test('crosses conditional parameters among the branches that the finalists came to', () => {
    const searchSpace = [
      { type: 'categorical', name: 'optimizer', choices: ['adam', 'rmsprop', 'sgd'] },
      { type: 'float', name: 'learningRate', low: 0.01, high: 0.1, when: { parameter: 'optimizer', values: ['sgd'] } },
      { type: 'float', name: 'dropout', low: 0, high: 0.5, when: { parameter: 'optimizer', values: ['adam', 'rmsprop'] } },
      { type: 'float', name: 'clipNorm', low: 0, high: 9, when: { parameter: 'optimizer', values: ['rmsprop'] } },
    ];
    const branches = resolvedCampaign({ searchSpace, final: { finalists: [{ study: 'random', top: 3 }] } });
    const part = gridPart(branches, [
      { parameters: { optimizer: 'sgd', learningRate: 0.03 } },
      { parameters: { optimizer: 'adam', dropout: 0.25 } },
      { parameters: { optimizer: 'sgd', learningRate: 0.02 } },
    ]);
    expect(pointsOf(part)).toEqual([
      { optimizer: 'sgd', learningRate: 0.03 },
      { optimizer: 'sgd', learningRate: 0.02 },
      { optimizer: 'adam', dropout: 0.25 },
    ]);
  });

  test('that crosses nothing tries the finalists alone', () => {
    const part = gridPart(withFinal({ cross: false }), finalists);
    expect(part?.kind).toBe('grid');
    expect(pointsOf(part)).toEqual(configurations);
  });

  test.each([
    [2000, { trainSize: 2000 }],
    ['all', {}],
  ])('trains on as many texts as it says (%s), and what is measured is trained alike', (trainSize, expected) => {
    const { trainSize: _, ...objective } = lstmObjectiveSchema.parse(campaign.objective);
    const larger = withFinal({ trainSize });
    expect(gridPart(larger, finalists)?.spec.objective).toEqual({ ...objective, ...expected });
    expect(testPart(larger, finalists).spec.objective).toEqual({ ...objective, ...expected });
    for (const study of larger.studies) expect(searchPart(larger, study).spec.objective).toEqual(campaign.objective);
  });

  test('is none without finalists, or where the campaign has no final', () => {
    expect(gridPart(withFinal(), [])).toBeNull();
    expect(gridPart(resolvedCampaign({ final: undefined }), finalists)).toBeNull();
  });
});

describe('the parts that evaluate', () => {
  test('train the configurations as the search did and measure them on the test split', () => {
    const part = testPart(campaign, finalists);
    expect(part).toMatchObject({
      kind: 'test',
      name: 'test',
      spec: { name: 'a campaign / test', evaluate: true, objective: campaign.objective, objectiveSeed: 11 },
    });
    expect(pointsOf(part)).toEqual(configurations);
  });

  test('train them again, each time with another objective seed, on as much as the evaluation says', () => {
    const parts = repeatParts(campaign, finalists);
    expect(parts.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['repeat repeat-1', 'repeat repeat-2']);
    expect(parts.map(({ spec }) => spec.objectiveSeed)).toEqual([repeatSeedOf(11, 1), repeatSeedOf(11, 2)]);
    for (const part of parts) {
      expect(part.spec).toMatchObject({ evaluate: true, objective: { ...campaign.objective, trainSize: 900 } });
      expect(pointsOf(part)).toEqual(configurations);
    }
  });

  test('train them again on all texts where the evaluation does not say how many', () => {
    const [part] = repeatParts(withFinal(), finalists);
    expect(campaign.objective).toMatchObject({ trainSize: 500 });
    expect(part?.spec.objective).not.toHaveProperty('trainSize');
  });

  test('are no repeats where none are asked for', () => {
    expect(repeatParts(resolvedCampaign({ evaluation: { repeats: 0 } }), finalists)).toEqual([]);
  });
});

test('every part is a resolved study without faults, as it is read back', () => {
  const grid = gridPart(campaign, finalists);
  const parts = [...searchParts(campaign), ...(grid ? [grid] : []), testPart(campaign, finalists), ...repeatParts(campaign, finalists)];
  expect(parts).toHaveLength(6);
  for (const { spec } of parts) {
    expect(resolvedSpecSchema.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    expect(samplerOf(spec).check()).toEqual([]);
    expect(plannedTrials(spec)).toBeGreaterThan(0);
  }
});
