import type { NamedDefinition } from '../definitions.ts';
import { type DatasetName, datasetNames } from './datasets/catalogue.ts';

/** A genetic approach of the paper with 6 individuals. */
function approach(name: string, elites: number, selectionExponent: number, generations: number) {
  const mutation = { probability: 0.3, kind: 'one-bit' };
  return { name, sampler: { type: 'genetic', population: 6, elites, selectionExponent, mutation }, budget: { generations } };
}

/**
 * The campaign of the quickstart: every method of the preset `paper`, small enough for a coffee. 12 + 12 trials, genetic
 * approaches of 6 + 3 · 5, 6 + 4 · 3 and 6 + 4 · 3 trials, at most 16 points of the final grid: 97 trials at most, on a
 * search space of small models.
 */
function quickstart(dataset: DatasetName): NamedDefinition {
  const texts = 2000;
  return {
    name: dataset,
    summary: `Random search, Bayesian optimisation and three genetic approaches look for the best LSTM on ${texts} texts of ${dataset}, then a grid over their best, then the test split.`,
    definition: {
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
      evaluation: { repeats: 2, trainSize: texts },
      seed: 2020,
      objective: { dataset, trainSize: texts },
    },
  };
}

/** The quickstart on each dataset. */
export const quickstarts: readonly NamedDefinition[] = datasetNames.map(quickstart);
