import type { CampaignRequest } from '../api/campaign-request.ts';

/** Datasets that the quickstart offers. */
export const quickstartDatasets = ['spam-assassin', 'imdb'] as const;
export type QuickstartDataset = (typeof quickstartDatasets)[number];

/** A genetic approach of the paper with 6 individuals. */
function approach(name: string, elites: number, selectionExponent: number, generations: number) {
  const mutation = { probability: 0.3, kind: 'one-bit' } as const;
  const sampler = { type: 'genetic', population: 6, elites, selectionExponent, mutation } as const;
  return { name, sampler, budget: { generations } };
}

/**
 * The campaign of the quickstart: every method of the preset `paper`, small enough for a coffee. 12 + 12 trials, genetic
 * approaches of 6 + 3 · 5, 6 + 4 · 3 and 6 + 4 · 3 trials, at most 16 points of the final grid: 97 trials at most, on a
 * search space of small models.
 */
export function quickstartCampaign(dataset: QuickstartDataset): CampaignRequest & { name: string } {
  return {
    preset: 'paper',
    name: `quickstart-${dataset}`,
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 64 },
      { type: 'int', name: 'epochs', low: 1, high: 6 },
      { type: 'int', name: 'maxLength', low: 10, high: 200 },
    ],
    studies: [
      { name: 'random', sampler: { type: 'random' }, budget: { trials: 12 } },
      { name: 'bayesian', sampler: { type: 'tpe', preset: 'hyperopt', startupTrials: 5 }, budget: { trials: 12 } },
      approach('genetic-1', 1, 4, 4),
      approach('genetic-2', 3, 4, 5),
      approach('genetic-3', 3, 2, 5),
    ],
    final: { grid: { trials: 16 } },
    evaluation: { repeats: 2, trainSize: 2000 },
    seed: 2020,
    objective: { dataset, trainSize: 2000 },
  };
}
