import type { NamedDefinition } from '../definitions.ts';

/** Bodies of POST /v1/studies that work as they stand; a test sends each of them. */
export const studyExamples: readonly NamedDefinition[] = [
  {
    name: 'first',
    summary: 'A minimal study: a random search over two hyperparameters',
    definition: {
      name: 'first steps',
      searchSpace: [
        { type: 'float', name: 'learningRate', low: 0.0005, high: 0.05, scale: 'log' },
        { type: 'int', name: 'hiddenUnits', low: 4, high: 64 },
      ],
      metrics: [{ name: 'aucPr' }],
      sampler: { type: 'random' },
      budget: { trials: 20 },
      objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin', trainSize: 1000 },
    },
  },
  {
    name: 'full',
    summary: 'A full definition: a genetic search over five hyperparameters, one of them only with dropout',
    definition: {
      name: 'spam, genetic',
      searchSpace: [
        { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0255, step: 0.0005 },
        { type: 'int', name: 'hiddenUnits', low: 4, high: 64, scale: 'log' },
        { type: 'int', name: 'epochs', low: 1, high: 6 },
        { type: 'categorical', name: 'optimizer', choices: ['adam', 'rmsprop'] },
        { type: 'float', name: 'dropout', low: 0, high: 0.5, when: { parameter: 'optimizer', values: ['adam'] } },
      ],
      metrics: [{ name: 'aucPr', direction: 'maximize' }],
      sampler: { type: 'genetic', population: 10, elites: 5, selectionExponent: 2, mutation: { probability: 0.3, kind: 'one-bit' } },
      budget: { generations: 12, targetValue: 0.999 },
      parallelism: 10,
      seed: 7,
      retries: { maxAttempts: 3, on: ['crash', 'timeout'] },
      timeoutSeconds: 600,
      objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin', trainSize: 1200, hyperparameters: { maxLength: 150 } },
    },
  },
  {
    name: 'preset',
    summary: "The paper's third genetic approach, on fewer texts and for fewer generations",
    definition: {
      preset: 'paper-3',
      name: 'approach III, small',
      budget: { generations: 10 },
      objective: { dataset: 'spam-assassin', trainSize: 1000 },
    },
  },
];

/** Bodies of POST /v1/campaigns that work as they stand; a test sends each of them. */
export const campaignExamples: readonly NamedDefinition[] = [
  {
    name: 'look',
    summary: 'An estimate of the protocol of the paper at a tenth of its size; nothing is stored',
    definition: { preset: 'paper', scale: 0.1, dryRun: true },
  },
  {
    name: 'preset',
    summary: 'The protocol of the paper on fewer texts and at a hundredth of its size, each finalist trained again with three seeds',
    definition: {
      preset: 'paper',
      scale: 0.01,
      name: 'the paper, small',
      objective: { dataset: 'spam-assassin', trainSize: 1000 },
      evaluation: { repeats: 3 },
    },
  },
  {
    name: 'full',
    summary: 'A full definition: random against genetic search, the two best of each crossed, one study after another',
    definition: {
      name: 'spam, two methods',
      searchSpace: [
        { type: 'float', name: 'learningRate', low: 0.0005, high: 0.05, scale: 'log' },
        { type: 'int', name: 'hiddenUnits', low: 4, high: 64 },
        { type: 'int', name: 'epochs', low: 1, high: 6 },
      ],
      metric: { name: 'aucPr' },
      objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin', trainSize: 1200, hyperparameters: { maxLength: 150 } },
      studies: [
        { name: 'random', sampler: { type: 'random' }, budget: { trials: 20 } },
        { name: 'genetic', sampler: { type: 'genetic', population: 6, elites: 2 }, budget: { generations: 4 }, parallelism: 6 },
      ],
      order: 'sequential',
      final: {
        finalists: [
          { study: 'random', top: 2 },
          { study: 'genetic', top: 2 },
        ],
        cross: true,
        grid: { trials: 30 },
      },
      evaluation: { repeats: 5, trainSize: 4000 },
      seed: 7,
      objectiveSeed: 11,
    },
  },
];
