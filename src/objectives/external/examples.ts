import type { NamedDefinition } from '../definitions.ts';

/** A study for workers of a client. */
export const studyExamples: readonly NamedDefinition[] = [
  {
    name: 'own workers',
    summary: 'Trials for your own training, in any language: workers ask for them and report their results',
    definition: {
      name: 'own-training',
      searchSpace: [
        { type: 'float', name: 'learningRate', low: 0.00001, high: 0.1, scale: 'log' },
        { type: 'int', name: 'layers', low: 1, high: 6 },
      ],
      metrics: [{ name: 'accuracy' }],
      sampler: { type: 'tpe' },
      budget: { trials: 50 },
      objective: { type: 'external', metrics: [{ name: 'accuracy', direction: 'maximize' }], steps: 10 },
    },
  },
];
