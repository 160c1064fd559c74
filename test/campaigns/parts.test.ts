import { describe, expect, test, vi } from 'vitest';
import { gridPart, type PlannedPart, repeatParts, searchPart, testPart } from '../../src/campaigns/parts.ts';
import { repeatSeedOf, studySeedOf } from '../../src/campaigns/seeds.ts';
import { canonicalText } from '../../src/shared/digest.ts';
import { resolvedSpecSchema, samplerOf } from '../../src/studies/definition/definition.ts';
import { plannedTrials } from '../../src/studies/search/planned-trials.ts';
import { runInOrder } from '../studies/simulator.ts';
import { resolvedCampaign } from './resolved-campaign.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const objective = { type: 'test-function', function: 'lstm-landscape', examples: 500 };
const campaign = resolvedCampaign({ objective, objectiveSeed: 11, evaluation: { repeats: 2, trainSize: 900 } });
const withFinal = (fields: object = {}) => resolvedCampaign({ objective, final: { finalists: [{ study: 'random', top: 3 }], ...fields } });
const configurations = [
  { learningRate: 0.002, hiddenUnits: 7, epochs: 3 },
  { learningRate: 0.001, hiddenUnits: 5, epochs: 3 },
  { learningRate: 0.002, hiddenUnits: 9, epochs: 1 },
];
const finalists = configurations.map((parameters) => ({ parameters }));

/** What the study of a part tries, in order. */
const pointsOf = (part: PlannedPart | null) => (part ? runInOrder(part.spec, () => 0.5).trials.map(({ parameters }) => parameters) : []);
const searchParts = (of: typeof campaign) => of.studies.map((study) => searchPart(of, study));

describe('a search part', () => {
  test('is the study over the space and objective of the campaign, with a seed of its own and the trainings of all', () => {
    expect(searchParts(campaign)[0]).toEqual({
      kind: 'search',
      name: 'random',
      spec: {
        name: 'a campaign / random',
        searchSpace: campaign.searchSpace,
        metrics: [{ name: 'value', direction: 'maximize' }],
        sampler: { type: 'random' },
        budget: { trials: 7 },
        parallelism: 3,
        seed: studySeedOf(5, 'random'),
        objectiveSeed: 11,
        retries: { maxAttempts: 1, on: ['crash', 'error', 'timeout'] },
        schedule: 'deterministic',
        ranking: 'finite-first',
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

test('the parts of a campaign that names no ranking name none either: it keeps the rule of its time', () => {
  const { ranking: _, ...before } = withFinal();
  for (const part of [...searchParts(before), gridPart(before, finalists), testPart(before, finalists)])
    expect(part?.spec).not.toHaveProperty('ranking');
  expect(gridPart(withFinal(), finalists)?.spec.ranking).toBe('finite-first');
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
    const branch = (name: string, parent: string, value: string) => ({ name, when: { parameter: parent, values: [value] } });
    const side = { type: 'categorical', choices: ['left', 'right'] };
    const leaf = { type: 'float', low: 0, high: 1 };
    const searchSpace = [
      { ...side, name: 'x1' },
      { ...side, ...branch('x2', 'x1', 'left') },
      { ...side, ...branch('x3', 'x1', 'right') },
      { ...leaf, ...branch('x4', 'x2', 'left') },
      { ...leaf, ...branch('x5', 'x2', 'right') },
      { ...leaf, ...branch('x6', 'x3', 'left') },
      { ...leaf, ...branch('x7', 'x3', 'right') },
      { ...leaf, ...branch('r8', 'x1', 'left') },
      { ...leaf, ...branch('r9', 'x1', 'right') },
    ];
    const tree = { type: 'test-function', function: 'conditional-tree' };
    const branches = resolvedCampaign({ searchSpace, objective: tree, final: { finalists: [{ study: 'random', top: 3 }] } });
    const part = gridPart(branches, [
      { parameters: { x1: 'left', x2: 'left', x4: 0.5, r8: 0.25 } },
      { parameters: { x1: 'right', x3: 'left', x6: 0.5, r9: 0.25 } },
      { parameters: { x1: 'left', x2: 'left', x4: 0.125, r8: 0.25 } },
    ]);
    expect(pointsOf(part)).toEqual([
      { x1: 'left', x2: 'left', x4: 0.5, r8: 0.25 },
      { x1: 'left', x2: 'left', x4: 0.125, r8: 0.25 },
      { x1: 'right', x3: 'left', x6: 0.5, r9: 0.25 },
    ]);
  });

  test('that crosses nothing tries the finalists alone', () => {
    const part = gridPart(withFinal({ cross: false }), finalists);
    expect(part?.kind).toBe('grid');
    expect(pointsOf(part)).toEqual(configurations);
  });

  test.each([
    [2000, 2000],
    ['all', undefined],
  ])('uses as many examples as it says (%s), and what is measured is evaluated alike', (trainSize, examples) => {
    const larger = withFinal({ trainSize });
    expect(gridPart(larger, finalists)?.spec.objective).toEqual({ ...campaign.objective, examples });
    expect(testPart(larger, finalists).spec.objective).toEqual({ ...campaign.objective, examples });
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
      expect(part.spec).toMatchObject({ evaluate: true, objective: { ...campaign.objective, examples: 900 } });
      expect(pointsOf(part)).toEqual(configurations);
    }
  });

  test('train them again on all examples where the evaluation does not say how many', () => {
    const [part] = repeatParts(withFinal(), finalists);
    expect(campaign.objective).toMatchObject({ examples: 500 });
    expect(part?.spec.objective).not.toHaveProperty('examples');
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
