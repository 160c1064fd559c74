import type { StudyRequest } from '../api/study-request.ts';

/** Datasets that the quickstart offers. */
export const quickstartDatasets = ['spam-assassin', 'imdb'] as const;
export type QuickstartDataset = (typeof quickstartDatasets)[number];

/**
 * The study of the quickstart: genetic approach III, small enough for a coffee. 12 individuals, 6 of which survive each
 * of 9 generations: 12 + 8 · 6 = 60 trials.
 */
export function quickstartStudy(dataset: QuickstartDataset): StudyRequest & { name: string } {
  return {
    name: `quickstart-${dataset}`,
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 64 },
      { type: 'int', name: 'epochs', low: 1, high: 6 },
      { type: 'int', name: 'maxLength', low: 10, high: 200 },
    ],
    metric: { name: 'accuracy' },
    sampler: { type: 'genetic', population: 12, elites: 6, selectionExponent: 2, mutation: { probability: 0.3, kind: 'one-bit' } },
    budget: { generations: 9 },
    seed: 2020,
    objective: { type: 'lstm-text-classifier', dataset, trainSize: 2000 },
  };
}
