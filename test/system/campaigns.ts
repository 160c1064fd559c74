import type { CampaignRequest } from '../../src/api/campaign-request.ts';

const fourSearches = (population: number, generations: number): Extract<CampaignRequest, { preset: string }>['studies'] => [
  { name: 'random', sampler: { type: 'random' }, budget: { trials: population } },
  { name: 'bayesian', sampler: { type: 'tpe', startupTrials: 3 }, budget: { trials: population } },
  { name: 'genetic-1', sampler: { type: 'genetic', population, elites: 1, selectionExponent: 4 }, budget: { generations } },
  { name: 'genetic-3', sampler: { type: 'genetic', population, elites: population / 2, selectionExponent: 2 }, budget: { generations } },
];

/** Every kind of part on real mail in under a minute: four searches, a final, and the evaluation with one repeat. */
export const smallCampaign: CampaignRequest = {
  preset: 'paper',
  name: 'small',
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 16 },
    { type: 'int', name: 'epochs', low: 1, high: 3 },
    { type: 'int', name: 'maxLength', low: 10, high: 40 },
  ],
  studies: fourSearches(6, 2),
  final: { grid: { trials: 8 } },
  evaluation: { repeats: 1, trainSize: 600 },
  seed: 11,
  objective: { dataset: 'spam-assassin', trainSize: 600, hyperparameters: { dropout: 0.2 } },
};

/** A larger one, to run by hand: film reviews, about a quarter of an hour on two cores. */
export const filmCampaign: CampaignRequest = {
  preset: 'paper',
  name: 'film',
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 127 },
    { type: 'int', name: 'epochs', low: 1, high: 7 },
    { type: 'int', name: 'maxLength', low: 1, high: 255 },
  ],
  studies: fourSearches(12, 5),
  final: { grid: { trials: 32 } },
  evaluation: { repeats: 2, trainSize: 4000 },
  seed: 2020,
  objective: { dataset: 'imdb', trainSize: 2000 },
};
