/** Definitions, each with an objective seed of its own: no scene reads what another has trained. */

const objective = { type: 'lstm-text-classifier', dataset: 'spam-assassin', trainSize: 600 };

const plainSpace = [
  { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635, step: 0.0005 },
  { type: 'int', name: 'hiddenUnits', low: 1, high: 64 },
  { type: 'int', name: 'epochs', low: 2, high: 3 },
];

/** Log scales, no step, choices and parameters that exist only beside some others. */
const mixedSpace = [
  { type: 'float', name: 'learningRate', low: 0.0001, high: 0.1, scale: 'log' },
  { type: 'categorical', name: 'optimizer', choices: ['adam', 'rmsprop', 'sgd'] },
  { type: 'float', name: 'dropout', low: 0, high: 0.5, step: 0.05, when: { parameter: 'optimizer', values: ['adam', 'rmsprop'] } },
  { type: 'int', name: 'hiddenUnits', low: 8, high: 512, scale: 'log' },
  { type: 'int', name: 'maxLength', low: 50, high: 400, step: 50 },
  { type: 'int', name: 'epochs', low: 2, high: 3 },
];

let seed = 100;
const study = (name, fields) => ({
  name,
  searchSpace: plainSpace,
  metric: { name: 'accuracy' },
  seed: ++seed,
  objectiveSeed: 1000 + seed,
  objective,
  ...fields,
});

const tpe = { type: 'tpe', startupTrials: 4 };
const genetic = { type: 'genetic', population: 6, elites: 2, selectionExponent: 2 };
const once = { retries: { maxAttempts: 1 } };

/** Studies that end, with what the fake trainer does to the first trainings of some. */
export const endedStudies = [
  [study('random', { searchSpace: mixedSpace, sampler: { type: 'random' }, budget: { trials: 8 } }), ['diverge', 2, 'full']],
  [study('tpe', { searchSpace: mixedSpace, sampler: tpe, budget: { trials: 12 }, parallelism: 2, ...once }), ['fail', 2, 'train']],
  [
    study('tpe with a target', { sampler: tpe, metric: { name: 'loss' }, budget: { trials: 20, targetValue: 0.1 }, parallelism: 3 }),
    ['crash', 1, 'train'],
  ],
  [study('tpe asap', { sampler: tpe, budget: { trials: 10 }, parallelism: 3, schedule: 'asap' })],
  [study('genetic', { sampler: { ...genetic, population: 4, elites: 1 }, budget: { generations: 3 } })],
  [
    study('genetic cut short', {
      searchSpace: mixedSpace,
      sampler: genetic,
      metric: { name: 'aucPr' },
      budget: { trials: 9, generations: 9 },
    }),
  ],
  [study('grid', { sampler: { type: 'grid', axes: { learningRate: { points: 2 }, hiddenUnits: { points: 3 }, epochs: { points: 1 } } } })],
  [
    study('list', {
      sampler: { type: 'list', points: [1, 2, 3, 4].map((nth) => ({ learningRate: nth / 1000, hiddenUnits: 10 * nth, epochs: 2 })) },
      budget: { trials: 3 },
    }),
  ],
  [
    study('reuse', {
      searchSpace: [
        { type: 'int', name: 'hiddenUnits', low: 1, high: 2 },
        { type: 'int', name: 'epochs', low: 1, high: 4 },
      ],
      sampler: { type: 'random' },
      budget: { trials: 10 },
    }),
  ],
  [study('all failed', { sampler: { type: 'random' }, budget: { trials: 3 }, ...once }), ['crash', 2, 'fail']],
  [study('wall clock', { sampler: { type: 'random' }, budget: { wallClockSeconds: 0.3 }, parallelism: 2 })],
  [study('without a log', { sampler: { ...genetic, population: 4, elites: 1 }, budget: { generations: 2 } })],
];

export const cancelledStudy = study('cancelled', { sampler: tpe, budget: { trials: 9 }, parallelism: 3 });

/** Studies that are stopped in the middle, and how many trials are to be completed before. */
export const middleStudies = [
  [study('random, in the middle', { searchSpace: mixedSpace, sampler: { type: 'random' }, budget: { trials: 8 }, parallelism: 3 }), 3],
  [study('tpe, in the middle', { searchSpace: mixedSpace, sampler: tpe, budget: { trials: 12 }, parallelism: 2 }), 6],
  [study('tpe asap, in the middle', { sampler: tpe, budget: { trials: 12 }, parallelism: 3, schedule: 'asap' }), 6],
  [study('genetic, in the middle', { sampler: genetic, budget: { generations: 3 } }), 6],
  [study('without a log, in the middle', { sampler: genetic, budget: { generations: 3 } }), 6],
  [study('paused', { sampler: tpe, budget: { trials: 10 }, parallelism: 2 }), 5],
];

const campaign = (name) => ({
  name,
  searchSpace: plainSpace,
  metric: { name: 'accuracy' },
  objective,
  studies: [
    { name: 'random', sampler: { type: 'random' }, budget: { trials: 4 } },
    { name: 'bayesian', sampler: { ...tpe, startupTrials: 2 }, budget: { trials: 4 }, parallelism: 2 },
    { name: 'genetic', sampler: { ...genetic, population: 4 }, budget: { generations: 2 } },
  ],
  final: { finalists: ['random', 'bayesian', 'genetic'].map((name) => ({ study: name })), grid: { trials: 5 } },
  evaluation: { repeats: 2 },
  seed: ++seed,
  objectiveSeed: 1000 + seed,
});

export const endedCampaign = campaign('a campaign');
/** Campaigns that are stopped in the middle, and when. */
export const middleCampaigns = [
  [campaign('a campaign, in its searches'), (parts) => parts.reduce((sum, { trials }) => sum + trials.completed, 0) >= 5],
  [campaign('a campaign, in its evaluation'), (parts) => parts.some(({ kind }) => kind === 'test')],
];
