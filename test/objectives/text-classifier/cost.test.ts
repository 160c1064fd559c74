import { describe, expect, test } from 'vitest';
import { checkpointBytes, measuringPass, trainingCost, trainingPass } from '../../../src/objectives/text-classifier/cost.ts';
import { hyperparameterDefaults } from '../../../src/objectives/text-classifier/hyperparameters.ts';
import { lstmObjectiveSchema, mostEpochs, textClassifier } from '../../../src/objectives/text-classifier/objective.ts';
import { resolvedCampaign } from './trained-campaign.ts';

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

test('a job costs its epochs with their measuring, on the texts that it asks for, and the measuring of the test split', () => {
  const options = textClassifier.optionsSchema.parse({ type: 'lstm-text-classifier', dataset: 'imdb', trainSize: 2000 });
  const job = textClassifier.job({ options, seed: 1, parameters: { hiddenUnits: 85, maxLength: 475 }, evaluate: true });
  const hyperparameters = { ...hyperparameterDefaults, hiddenUnits: 85, maxLength: 475 };
  const cost = textClassifier.cost.estimate(job);
  expect(cost).toEqual(trainingCost({ dataset: 'imdb', trainSize: 2000, hyperparameters }));
  const [trained, validated] = [trainingPass('imdb', hyperparameters, 2000), measuringPass('imdb', hyperparameters, 500)];
  expect(cost.step.low).toBeCloseTo(trained.low + validated.low, 12);
  expect(cost.evaluation).toEqual(measuringPass('imdb', hyperparameters, 25_000));
  expect(cost.checkpointBytes).toBe(checkpointBytes(hyperparameters));
  const all = trainingCost({ dataset: 'imdb', trainSize: null, hyperparameters });
  expect(trainingCost({ dataset: 'imdb', trainSize: 1_000_000, hyperparameters })).toEqual(all);
});

describe('the most epochs of a space', () => {
  test('are those that can be asked for, fixed ones where a condition leaves them out', () => {
    const spaceOf = (searchSpace: object[], fixed: object = {}) =>
      resolvedCampaign({
        searchSpace,
        objective: { type: 'lstm-text-classifier', dataset: 'imdb', hyperparameters: fixed },
        final: undefined,
      });
    const most = (campaign: ReturnType<typeof spaceOf>) => mostEpochs(campaign.searchSpace, lstmObjectiveSchema.parse(campaign.objective));
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
});
