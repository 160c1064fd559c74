import { describe, expect, it } from 'vitest';
import { hyperparameterDefaults } from '../../../src/objectives/text-classifier/hyperparameters.ts';
import { exclusionKey } from '../../../src/objectives/text-classifier/objective.ts';

const objective = { type: 'lstm-text-classifier', dataset: 'imdb' } as const;
const training = { objective, hyperparameters: hyperparameterDefaults, objectiveSeed: 7 };

describe('exclusionKey', () => {
  it('is the same whatever the number of epochs', () => {
    const longer = { ...training, hyperparameters: { ...hyperparameterDefaults, epochs: hyperparameterDefaults.epochs + 5 } };
    expect(exclusionKey(longer)).toBe(exclusionKey(training));
    expect(exclusionKey(training)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('differs by every other hyperparameter, the texts, how many of them, and the seed', () => {
    const hyperparameters = Object.keys(hyperparameterDefaults).filter((name) => name !== 'epochs');
    const others = [
      ...hyperparameters.map((name) => ({ ...training, hyperparameters: { ...hyperparameterDefaults, [name]: 12_345 } })),
      { ...training, objective: { ...objective, dataset: 'spam-assassin' as const } },
      { ...training, objective: { ...objective, trainSize: 1000 } },
      { ...training, objectiveSeed: 8 },
    ];
    expect(new Set([training, ...others].map(exclusionKey)).size).toBe(others.length + 1);
  });
});
