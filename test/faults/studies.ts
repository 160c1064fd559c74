import type { z } from 'zod';
import type { campaignSpecSchema } from '../../src/campaigns/spec.ts';
import type { studySpecSchema } from '../../src/studies/definition/definition.ts';

const shared = {
  name: 'in spite of faults',
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 64 },
    { type: 'int', name: 'epochs', low: 2, high: 4 },
  ],
  objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin', trainSize: 600 },
} satisfies Partial<z.input<typeof studySpecSchema>>;

/** A genetic study of 4 + 2 · 3 = 10 trials of two to four steps, for fake trainers. */
export const study: z.input<typeof studySpecSchema> = {
  ...shared,
  metrics: [{ name: 'accuracy' }],
  sampler: { type: 'genetic', population: 4, elites: 1, selectionExponent: 2 },
  budget: { generations: 3 },
  seed: 11,
};

/** A campaign of two searches, the final of their finalists, and the evaluation of all three with one repeat. */
export const campaign: z.input<typeof campaignSpecSchema> = {
  ...shared,
  metric: { name: 'accuracy' },
  studies: [
    { name: 'bayesian', sampler: { type: 'tpe', startupTrials: 2 }, budget: { trials: 4 } },
    { name: 'genetic', sampler: { type: 'genetic', population: 4, elites: 2, selectionExponent: 2 }, budget: { generations: 2 } },
  ],
  final: { finalists: [{ study: 'bayesian' }, { study: 'genetic' }], grid: { trials: 6 } },
  evaluation: { repeats: 1 },
  seed: 12,
};
