import type { Entry } from './entry.ts';

const shared = {
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 16 },
    { type: 'int', name: 'epochs', low: 1, high: 3 },
    { type: 'int', name: 'maxLength', low: 10, high: 40 },
  ] as const,
  objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin', trainSize: 600, hyperparameters: { dropout: 0.2 } } as const,
  /** Each killed trainer is charged to its trial. */
  retries: { maxAttempts: 100 },
};

/** Real trainings on real mail: about forty with a few short epochs. */
export const realWorkload: readonly Entry[] = [
  {
    kind: 'study',
    treatment: 'none',
    repeatable: true,
    definition: {
      ...shared,
      metrics: [{ name: 'accuracy' }],
      name: 'real genetic',
      searchSpace: [...shared.searchSpace],
      sampler: { type: 'genetic', population: 4, elites: 1, selectionExponent: 2 },
      budget: { generations: 3 },
      seed: 21,
    },
  },
  {
    kind: 'study',
    treatment: 'moved',
    repeatable: true,
    definition: {
      ...shared,
      metrics: [{ name: 'accuracy' }],
      name: 'real tpe',
      searchSpace: [...shared.searchSpace],
      sampler: { type: 'tpe', startupTrials: 3 },
      budget: { trials: 8 },
      seed: 22,
    },
  },
  {
    kind: 'study',
    treatment: 'paused',
    repeatable: true,
    definition: {
      ...shared,
      metrics: [{ name: 'accuracy' }],
      name: 'real halving',
      searchSpace: [...shared.searchSpace],
      sampler: { type: 'successive-halving', proposer: { type: 'tpe', startupTrials: 3 }, rounds: 2 },
      seed: 24,
    },
  },
  {
    kind: 'campaign',
    treatment: 'none',
    definition: {
      ...shared,
      metric: { name: 'accuracy' },
      name: 'real campaign',
      searchSpace: [...shared.searchSpace],
      studies: [{ name: 'random', sampler: { type: 'random' }, budget: { trials: 4 } }],
      evaluation: { repeats: 1, trainSize: 600 },
      seed: 23,
    },
  },
];
