import { describe, expect, test } from 'vitest';
import { campaignEstimateSchema } from '../../src/api/campaign-estimate.ts';
import { estimateCampaign } from '../../src/campaigns/estimate.ts';
import { expandCampaignPreset } from '../../src/campaigns/presets.ts';
import { resolveCampaign } from '../../src/campaigns/resolve.ts';
import { expectedGreatest, meanOver, spreadOver } from '../../src/campaigns/space-average.ts';
import { campaignSpecSchema } from '../../src/campaigns/spec.ts';
import { checkpointBytes, measuringPass, trainingPass } from '../../src/campaigns/training-cost.ts';
import { hyperparameterDefaults } from '../../src/objectives/text-classifier/hyperparameters.ts';
import { mostEpochs } from '../../src/objectives/text-classifier/objective.ts';
import { resolvedCampaign } from './resolved-campaign.ts';

const paper = (overrides: Record<string, unknown> = {}, scale = 1) =>
  resolveCampaign(campaignSpecSchema.parse(expandCampaignPreset('paper', overrides, scale).definition), 1);
const full = estimateCampaign(paper());
const partOf = (estimate: typeof full, name: string) => estimate.parts.find(({ part }) => part === name);
const integers = (high: number) => Array.from({ length: high }, (_, index) => index + 1);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the estimate of the whole protocol', () => {
  test('counts the trials of every part', () => {
    expect(full.parts.map(({ part, trials }) => `${part} ${trials}`)).toEqual([
      'random 70',
      'bayesian 70',
      'genetic-1 1331',
      'genetic-2 710',
      'genetic-3 710',
      'final-grid 256',
      'test 6',
      ...integers(5).map((repeat) => `repeat-${repeat} 6`),
    ]);
    expect(full.total).toMatchObject({ trials: 3183, trainingsAtMost: 3183 });
  });

  test('charges a search its most epochs at most, and about the mean of the space', () => {
    expect(partOf(full, 'genetic-1')).toMatchObject({ stepsAtMost: 1331 * 15 });
    expect((partOf(full, 'genetic-1')?.stepsExpected ?? 0) / (1331 * 8)).toBeCloseTo(1, 2);
  });

  test('trains no step of a model twice in the final: 64 models, of each as many epochs as its longest point', () => {
    const grid = partOf(full, 'final-grid');
    expect(grid?.stepsAtMost).toBe(64 * 15);
    // The greatest of four uniform draws from 1 … 15, exactly.
    const greatest = integers(15).reduce((sum, value) => sum + value * ((value / 15) ** 4 - ((value - 1) / 15) ** 4), 0);
    expect((grid?.stepsExpected ?? 0) / (64 * greatest)).toBeCloseTo(1, 2);
  });

  test('reads the weights of the search for the test, which at worst are trained again', () => {
    const measured = partOf(full, 'test');
    expect(measured).toMatchObject({ stepsExpected: 0, stepsAtMost: 90, diskMb: 0 });
    expect(measured?.coreHours?.high).toBeGreaterThan(10 * (measured?.coreHours?.low ?? 0));
  });

  test('is the sum of its parts, several days on two cores, and fits what the service shows', () => {
    const hours = full.parts.reduce((sum, { coreHours }) => sum + (coreHours?.low ?? 0), 0);
    expect((full.total.coreHours?.low ?? 0) / hours).toBeCloseTo(1, 1);
    expect(full.total.coreHours?.low).toBeGreaterThan(2 * 48);
    expect(campaignEstimateSchema.parse(JSON.parse(JSON.stringify(full)))).toEqual(full);
  });

  test('is the same every time', () => {
    expect(estimateCampaign(paper())).toEqual(full);
  });
});

describe('the estimate of a campaign', () => {
  test('shrinks with its scale', () => {
    const tenth = estimateCampaign(paper({}, 0.1));
    expect(tenth.total.trials).toBeLessThan(400);
    expect(tenth.total.coreHours?.high).toBeLessThan((full.total.coreHours?.low ?? 0) / 4);
  });

  test('takes the search by its own number of texts and the repeats by theirs', () => {
    const small = estimateCampaign(paper({ objective: { trainSize: 2000 } }));
    const shrunk = (partOf(small, 'random')?.coreHours?.low ?? 0) / (partOf(full, 'random')?.coreHours?.low ?? 1);
    expect(shrunk).toBeGreaterThan(0.08);
    expect(shrunk).toBeLessThan(0.13);
    expect(partOf(small, 'repeat-1')).toEqual(partOf(full, 'repeat-1'));
  });

  test('has no bound where only time ends a study, and then none in sum', () => {
    const studies = [{ name: 'random', sampler: { type: 'random' }, budget: { wallClockSeconds: 60 } }];
    const open = estimateCampaign(resolvedCampaign({ studies, final: undefined }));
    const unknown = { trials: null, trainingsAtMost: null, stepsAtMost: null, stepsExpected: null, coreHours: null, diskMb: null };
    expect(open.parts[0]).toEqual({ part: 'random', kind: 'search', ...unknown });
    expect(open.total).toEqual(unknown);
    expect(open.parts[1]).toMatchObject({ part: 'test', trials: 1 });
  });

  test('has finalists that are not crossed for nothing: all of them are known', () => {
    const alone = estimateCampaign(resolvedCampaign({ final: { finalists: [{ study: 'random', top: 3 }], cross: false } }));
    expect(partOf(alone, 'final-grid')).toMatchObject({ trials: 3, trainingsAtMost: 0, stepsAtMost: 0, coreHours: { low: 0, high: 0 } });
    expect(partOf(alone, 'test')?.trials).toBe(4);
  });

  test('takes a final on other data for trained anew, and what it leaves out for trained to be measured', () => {
    const of = (final: object) =>
      estimateCampaign(resolvedCampaign({ final: { finalists: [{ study: 'random' }], cross: false, ...final } }));
    const [known, anew] = [of({}), of({ trainSize: 'all' })];
    expect(partOf(known, 'test')?.stepsExpected).toBe(0);
    expect(partOf(anew, 'final-grid')?.stepsExpected).toBeGreaterThan(0);
    expect(partOf(anew, 'test')?.stepsExpected).toBe(partOf(anew, 'final-grid')?.stepsExpected); // one study each
    expect(partOf(anew, 'final-grid')?.coreHours?.low).toBeGreaterThan(0);
  });

  test('of a final of which only a part is tried has that many trials', () => {
    expect(partOf(estimateCampaign(resolvedCampaign()), 'final-grid')).toMatchObject({ trials: 12, stepsAtMost: 9 * 15 });
  });
});

describe('the cost of a training', () => {
  const reviews = (hiddenUnits: number, maxLength: number) =>
    trainingPass('imdb', { ...hyperparameterDefaults, hiddenUnits, maxLength }, 20_000);

  // Three epochs of the paper's best model with their measuring: 38 to 46 s in fast hours, 60 to 63 s in slow ones, by the clock.
  test('is what was measured for the best model of the paper', () => {
    const validation = measuringPass('imdb', { ...hyperparameterDefaults, hiddenUnits: 85, maxLength: 475 }, 5000);
    const { low, high } = reviews(85, 475);
    expect(3 * (low + validation.low)).toBeGreaterThan(36);
    expect(3 * (low + validation.low)).toBeLessThan(46);
    expect(3 * (high + validation.high)).toBeGreaterThan(57);
    expect(3 * (high + validation.high)).toBeLessThan(66);
  });

  test('grows with units and length, and no further once all texts are read whole', () => {
    expect(reviews(100, 200).low).toBeGreaterThan(reviews(50, 200).low);
    expect(reviews(100, 400).low).toBeGreaterThan(reviews(100, 200).low);
    expect(reviews(100, 4000)).toEqual(reviews(100, 3000));
  });

  test('has checkpoints of the weights and what the optimizer keeps beside them', () => {
    const sizes = { ...hyperparameterDefaults, vocabularySize: 5000, embeddingSize: 32, hiddenUnits: 85 };
    const weights = 5000 * 32 + (32 + 85) * 340 + 340 + 85 + 1;
    expect(checkpointBytes(sizes)).toBe(weights * 3 * 4);
    expect(checkpointBytes({ ...sizes, optimizer: 'sgd' })).toBe(weights * 4);
  });
});

describe('hyperparameters spread over a space', () => {
  const { searchSpace, objective } = paper();
  const spread = spreadOver(searchSpace, objective);

  test('have the means of the space of the paper within a percent', () => {
    const units = integers(511);
    expect(meanOver(spread, ({ epochs }) => epochs) / 8).toBeCloseTo(1, 2);
    expect(
      meanOver(spread, ({ hiddenUnits, maxLength }) => hiddenUnits ** 2 * maxLength) / (mean(units.map((unit) => unit ** 2)) * 256),
    ).toBeCloseTo(1, 2);
  });

  test('ask for the epochs that can be asked for, fixed ones where a condition leaves them out', () => {
    const spaceOf = (searchSpace: object[], fixed: object = {}) =>
      resolvedCampaign({
        searchSpace,
        objective: { type: 'lstm-text-classifier', dataset: 'imdb', hyperparameters: fixed },
        final: undefined,
      });
    const most = (campaign: ReturnType<typeof spaceOf>) => mostEpochs(campaign.searchSpace, campaign.objective);
    const optimizer = { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] };
    const epochs = { type: 'int', name: 'epochs', low: 1, high: 2 };
    expect(most(spaceOf([optimizer], { epochs: 9 }))).toBe(9);
    expect(most(spaceOf([optimizer]))).toBe(hyperparameterDefaults.epochs);
    expect(most(spaceOf([optimizer, epochs]))).toBe(2);
    expect(most(spaceOf([{ ...epochs, high: 12, step: 5 }]))).toBe(11);
    expect(most(spaceOf([{ type: 'categorical', name: 'epochs', choices: [4, 8, 2] }]))).toBe(8);
    expect(most(spaceOf([optimizer, { ...epochs, when: { parameter: 'optimizer', values: ['sgd'] } }]))).toBe(
      hyperparameterDefaults.epochs,
    );
  });

  test('have an expected greatest between their mean and their greatest', () => {
    expect(expectedGreatest([3, 1, 2], 1)).toBeCloseTo(2, 12);
    expect(expectedGreatest([1, 2], 2)).toBeCloseTo(1.75, 12);
    expect(expectedGreatest([1, 2, 3], 1000)).toBeCloseTo(3, 12);
  });
});
