import type { NamedDefinition } from '../definitions.ts';

/** The search space of Poudel et al.: 10 + 9 + 4 + 9 bits. The learning rate is k/2000 for k = 1 … 1023; the paper prints its end as 0.51. */
const searchSpace = [
  { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
  { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
  { type: 'int', name: 'epochs', low: 1, high: 15 },
  { type: 'int', name: 'maxLength', low: 1, high: 511 },
];
const objective = { type: 'lstm-text-classifier', dataset: 'imdb' };
const shared = { searchSpace, metrics: [{ name: 'accuracy' }], objective };

/** A genetic approach of section III: 20 individuals, 70 generations, a child mutated with probability 0.3. */
function approach(elites: number, selectionExponent: number) {
  const mutation = { probability: 0.3, kind: 'one-bit' };
  return { sampler: { type: 'genetic', population: 20, elites, selectionExponent, mutation }, budget: { generations: 70 } };
}

const approaches = [approach(1, 4), approach(10, 4), approach(10, 2)] as const;

/** The three genetic approaches of the paper, each as a study. */
export const paperStudies: readonly NamedDefinition[] = [
  {
    name: 'paper-1',
    summary: 'Genetic approach I: the best individual survives, parents are drawn with P ∝ fitness⁴ (1,331 trials).',
    definition: { name: 'paper-1', ...shared, ...approaches[0] },
  },
  {
    name: 'paper-2',
    summary: 'Genetic approach II: the best 10 survive unevaluated, P ∝ fitness⁴ (710 trials).',
    definition: { name: 'paper-2', ...shared, ...approaches[1] },
  },
  {
    name: 'paper-3',
    summary: 'Genetic approach III: the best 10 survive unevaluated, P ∝ fitness² (710 trials).',
    definition: { name: 'paper-3', ...shared, ...approaches[2] },
  },
];

/** The same approaches with rungs: new individuals are measured after 1, 2, 4 and 8 epochs; those among the best third of the whole search go on. */
export const fastPaperStudies: readonly NamedDefinition[] = paperStudies.map(({ name, definition }, index) => ({
  name: `${name}-fast`,
  summary: `Genetic approach ${'I'.repeat(index + 1)} with rungs: new individuals are measured after 1, 2, 4 and 8 epochs, and go on while they are among the best third of all so far; the paper trains each one to its end.`,
  definition: {
    ...definition,
    name: `${name}-fast`,
    sampler: { ...approaches[index]?.sampler, rungs: { minSteps: 1, stepFactor: 2, reductionFactor: 3, promotion: 'search' } },
  },
}));

/**
 * The protocol of Poudel et al.: 70 random trials, 70 of Bayesian optimisation (they used Hyperas, which is hyperopt's TPE),
 * the three genetic approaches, and a grid over the best configurations of four of them. That final is the one of their
 * results, where the best of random, Bayesian, GA I and GA III are crossed; the five of their method section come from
 * naming more finalists.
 */
export const paperCampaign: NamedDefinition = {
  name: 'paper',
  summary:
    'Random search, Bayesian optimisation, three genetic approaches, a grid over their best, and the winner measured on the test split: 2,891 trials of search, 256 of the final.',
  definition: {
    name: 'paper',
    searchSpace,
    metric: { name: 'accuracy' },
    objective,
    studies: [
      { name: 'random', sampler: { type: 'random' }, budget: { trials: 70 } },
      { name: 'bayesian', sampler: { type: 'tpe', preset: 'hyperopt' }, budget: { trials: 70 } },
      ...approaches.map((search, index) => ({ name: `genetic-${index + 1}`, ...search })),
    ],
    final: { finalists: ['random', 'bayesian', 'genetic-1', 'genetic-3'].map((study) => ({ study })), cross: true },
    evaluation: { repeats: 5 },
  },
};
