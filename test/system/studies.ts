/** A search of a known function, for tests that look at no training: the runner itself evaluates it. */
export const knownStudy = {
  name: 'known',
  searchSpace: [
    { type: 'float', name: 'x1', low: -5, high: 10 },
    { type: 'float', name: 'x2', low: 0, high: 15 },
  ],
  metrics: [{ name: 'value' }],
  sampler: { type: 'genetic', population: 4, elites: 1, selectionExponent: 2 },
  budget: { generations: 3 },
  seed: 11,
  objective: { type: 'test-function', function: 'branin' },
};

/** One evaluation of fifty steps in ten seconds. The runner itself takes the steps. */
export const longEvaluation = {
  ...knownStudy,
  name: 'long evaluation',
  sampler: { type: 'random' },
  budget: { trials: 1 },
  objective: { type: 'test-function', function: 'branin', steps: 50, stepMs: 200 },
};

/** A small genetic study on real mail: 4 + 2 · 3 = 10 trials of a few epochs. */
export const smallStudy = {
  name: 'small',
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 32 },
    { type: 'int', name: 'epochs', low: 1, high: 4 },
    { type: 'int', name: 'maxLength', low: 10, high: 80 },
  ],
  metrics: [{ name: 'accuracy' }],
  sampler: { type: 'genetic', population: 4, elites: 1, selectionExponent: 2 },
  budget: { generations: 3 },
  seed: 11,
  objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin', trainSize: 600, hyperparameters: { dropout: 0.2 } },
};

/** One trial of many short epochs, to kill in the middle. */
export const longTrial = {
  name: 'long',
  searchSpace: [{ type: 'float', name: 'learningRate', low: 0.01, high: 0.01 }],
  metrics: [{ name: 'accuracy' }],
  sampler: { type: 'random' },
  budget: { trials: 1 },
  seed: 3,
  objective: {
    type: 'lstm-text-classifier',
    dataset: 'spam-assassin',
    trainSize: 600,
    hyperparameters: { epochs: 40, hiddenUnits: 16, maxLength: 60 },
  },
};

/** One trial of hundreds of short epochs, which outlasts any test. The test must cancel it. */
export const endlessTrial = {
  ...longTrial,
  name: 'endless',
  objective: { ...longTrial.objective, hyperparameters: { ...longTrial.objective.hyperparameters, epochs: 1000 } },
};

/** A larger study, to run by hand: 8 individuals, 5 generations, film reviews. */
export const filmStudy = {
  name: 'film',
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 127 },
    { type: 'int', name: 'epochs', low: 1, high: 7 },
    { type: 'int', name: 'maxLength', low: 1, high: 255 },
  ],
  metrics: [{ name: 'accuracy' }],
  sampler: { type: 'genetic', population: 8, elites: 4, selectionExponent: 2 },
  budget: { generations: 5 },
  seed: 2020,
  objective: { type: 'lstm-text-classifier', dataset: 'imdb', trainSize: 2000 },
};
