import type { StudyRequest } from '../../../src/api/study-request.ts';
import type { Entry, Treatment } from './entry.ts';

type Definition = Exclude<StudyRequest, { preset: string }>;

const searchSpace: Definition['searchSpace'] = [
  { type: 'float', name: 'learningRate', low: 0.0005, high: 0.1, scale: 'log' },
  { type: 'int', name: 'hiddenUnits', low: 1, high: 100 },
  { type: 'int', name: 'epochs', low: 1, high: 8 },
];
const coarseSpace: Definition['searchSpace'] = [
  { type: 'float', name: 'learningRate', low: 0.005, high: 0.02, step: 0.005 },
  { type: 'int', name: 'hiddenUnits', low: 20, high: 60, step: 20 },
  { type: 'int', name: 'epochs', low: 2, high: 6, step: 2 },
];

/** Allows any number of killed trainers, since each is charged to its trial. A configuration that cannot be trained fails at once. */
const retries: Definition['retries'] = { maxAttempts: 100, on: ['crash', 'timeout'] };
const genetic = (elites: number, selectionExponent: number) => ({ type: 'genetic', population: 8, elites, selectionExponent }) as const;

/** Rungs of 1, 2, 4 and 8 steps. A trainer of any runner continues from the checkpoint of the rung before; known functions begin anew. */
const rungs = { reductionFactor: 2 };
const hyperband = { type: 'hyperband', ...rungs, proposer: { type: 'random' }, rounds: 1 } as const;
type Halving = Extract<Definition['sampler'], { type: 'successive-halving' }>;
const halving = (proposer: Halving['proposer'], rounds: number): Halving => ({ type: 'successive-halving', ...rungs, proposer, rounds });

/** Four rounds of two steps: the learning rate changes on the way. */
const population = { type: 'pbt', population: 5, interval: 2, share: 0.4 } as const;
const twoSlopes: Definition['searchSpace'] = [
  { type: 'categorical', name: 'slope', choices: ['first', 'second'] },
  { type: 'float', name: 'rate', low: 0.001, high: 0.1, scale: 'log' },
  { type: 'int', name: 'steps', low: 1, high: 8 },
];

const branin: Definition['searchSpace'] = [
  { type: 'float', name: 'x1', low: -3, high: 3 },
  { type: 'float', name: 'x2', low: 0, high: 2 },
];
/** A known function whose steps are searched. */
const steps: Pick<Definition, 'searchSpace'> = { searchSpace: [...branin, { type: 'int', name: 'steps', low: 1, high: 8 }] };

const twoMetrics: Pick<Definition, 'metrics'> = { metrics: [{ name: 'accuracy' }, { name: 'loss' }] };

/** Every sampler and most ways in which a study can end: about 900 trials of about half a second, those of copies of moved studies included. */
export const fastWorkload: readonly Entry[] = [
  study('random', { sampler: { type: 'random' }, budget: { trials: 30 }, seed: 1 }),
  study('random, asynchronous', { sampler: { type: 'random' }, budget: { trials: 20 }, seed: 2, schedule: 'asynchronous' }, 'none', false),
  study('grid', { searchSpace: coarseSpace, sampler: { type: 'grid' }, seed: 3 }),
  study('list', { searchSpace: coarseSpace, sampler: { type: 'list', points: listed() }, seed: 4, objectiveSeed: 3 }),
  study('tpe', { sampler: { type: 'tpe', startupTrials: 8 }, budget: { trials: 24 }, seed: 5 }),
  study(
    'tpe, asynchronous',
    { sampler: { type: 'tpe', startupTrials: 8 }, budget: { trials: 24 }, seed: 6, schedule: 'asynchronous' },
    'none',
    false,
  ),
  study('tpe, two metrics', { ...twoMetrics, sampler: { type: 'tpe', startupTrials: 4 }, budget: { trials: 12 }, seed: 31 }),
  study('gp, two metrics', { ...twoMetrics, sampler: { type: 'gp', startupTrials: 4 }, budget: { trials: 10 }, seed: 32 }),
  study('genetic 1', { sampler: genetic(1, 4), budget: { generations: 4 }, seed: 7 }),
  study('genetic 2', { sampler: genetic(4, 4), budget: { generations: 4 }, seed: 8 }, 'paused'),
  study('genetic 3', { sampler: genetic(4, 2), budget: { generations: 4 }, seed: 9 }, 'moved'),
  study('tpe moved', { sampler: { type: 'tpe', startupTrials: 4 }, budget: { trials: 16 }, seed: 10 }, 'moved'),
  study('target', { sampler: { type: 'random' }, budget: { trials: 60, targetValue: 0.8 }, seed: 11 }, 'paused'),
  study('cancelled', { sampler: { type: 'random' }, budget: { trials: 200 }, seed: 12 }, 'cancelled'),
  known(
    'known function, tpe',
    { function: 'branin', noise: 0.2 },
    { sampler: { type: 'tpe', startupTrials: 6 }, budget: { trials: 20 }, seed: 21 },
  ),
  known(
    'known function, genetic',
    { function: 'six-hump-camel', failures: 0.1 },
    { sampler: genetic(2, 2), budget: { generations: 3 }, seed: 22 },
    'paused',
  ),
  known(
    'known function, random',
    { function: 'branin', failures: 0.1, noise: 1 },
    { sampler: { type: 'random' }, budget: { trials: 24 }, seed: 23 },
    'moved',
  ),
  known('known function, gp', { noise: 0.2 }, { sampler: { type: 'gp', startupTrials: 6 }, budget: { trials: 20 }, seed: 24 }),
  known('known function, gp moved', { failures: 0.1 }, { sampler: { type: 'gp' }, budget: { trials: 16 }, seed: 25 }, 'moved'),
  known('known function, quasi-random', { noise: 1 }, { sampler: { type: 'quasi-random' }, budget: { trials: 20 }, seed: 26 }, 'paused'),
  known('known function, swarm', { noise: 0.2 }, { sampler: { type: 'swarm' }, budget: { generations: 3 }, seed: 27 }, 'moved'),
  known('known function, cma-es', { failures: 0.1 }, { sampler: { type: 'cma-es' }, budget: { trials: 22 }, seed: 28 }),
  known(
    'known function, nsga2',
    { noise: 0.2 },
    { sampler: { type: 'nsga2', population: 8 }, budget: { generations: 3 }, seed: 29 },
    'paused',
  ),
  study('asha', { sampler: { type: 'random' }, pruner: { type: 'asha', reductionFactor: 2 }, budget: { trials: 24 }, seed: 31 }),
  study(
    'median, tpe',
    { sampler: { type: 'tpe', startupTrials: 6 }, pruner: { type: 'median', minTrials: 3 }, budget: { trials: 20 }, seed: 32 },
    'moved',
  ),
  study(
    'percentile, genetic',
    { sampler: genetic(2, 2), pruner: { type: 'percentile', percentile: 50, minTrials: 3 }, budget: { generations: 4 }, seed: 33 },
    'paused',
  ),
  study(
    'asha, asynchronous',
    { sampler: { type: 'tpe' }, pruner: { type: 'asha', reductionFactor: 2 }, budget: { trials: 24 }, seed: 34, schedule: 'asynchronous' },
    'none',
    false,
  ),
  known(
    'known function, asha and gp',
    { noise: 0.2 },
    { sampler: { type: 'gp' }, pruner: { type: 'asha', reductionFactor: 2 }, budget: { trials: 16 }, seed: 35 },
    'paused',
  ),
  study('halving, tpe', { sampler: halving({ type: 'tpe', startupTrials: 4 }, 2), seed: 41 }, 'paused'),
  study('halving, gp', { sampler: halving({ type: 'gp', startupTrials: 4 }, 1), seed: 42 }, 'moved'),
  study('hyperband, random', { sampler: hyperband, seed: 43 }),
  study('genetic with rungs', { sampler: { ...genetic(2, 2), rungs }, budget: { generations: 3 }, seed: 44 }, 'paused'),
  known('known function, halving and tpe', { noise: 0.2 }, { ...steps, sampler: halving({ type: 'tpe' }, 2), seed: 45 }, 'moved'),
  known('known function, halving and gp', { noise: 0.2 }, { ...steps, sampler: halving({ type: 'gp' }, 1), seed: 46 }, 'paused'),
  known('known function, hyperband', { failures: 0.1 }, { ...steps, sampler: hyperband, seed: 47 }, 'moved'),
  known(
    'known function, genetic with rungs',
    { noise: 0.2 },
    { ...steps, sampler: { ...genetic(2, 2), rungs }, budget: { generations: 3 }, seed: 48 },
  ),
  study('population based training', { sampler: population, seed: 49 }, 'paused'),
  study('population based training, moved', { sampler: { ...population, resample: 0.5 }, seed: 50 }, 'moved'),
  known(
    'known function whose steps have a memory',
    { function: 'two-slopes', noise: 0.01 },
    { searchSpace: twoSlopes, sampler: { ...population, population: 8 }, seed: 51 },
    'moved',
  ),
  {
    kind: 'campaign',
    treatment: 'paused',
    definition: {
      name: 'campaign',
      searchSpace,
      metric: { name: 'accuracy' },
      objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin' },
      studies: [
        { name: 'random', sampler: { type: 'random' }, budget: { trials: 8 } },
        { name: 'bayesian', sampler: { type: 'tpe', startupTrials: 4 }, budget: { trials: 8 } },
        { name: 'genetic', sampler: { ...genetic(3, 2), population: 6 }, budget: { generations: 3 } },
      ],
      final: { finalists: [{ study: 'random' }, { study: 'bayesian' }, { study: 'genetic' }], grid: { trials: 8 } },
      evaluation: { repeats: 2 },
      retries,
      seed: 13,
    },
  },
];

function study(name: string, definition: Partial<Definition>, treatment: Treatment = 'none', repeatable = true): Entry {
  const objective = { type: 'lstm-text-classifier', dataset: 'spam-assassin' } as const;
  const full = { searchSpace, sampler: { type: 'random' } as const, ...definition };
  return { kind: 'study', definition: { metrics: [{ name: 'accuracy' }], objective, retries, ...full, name }, treatment, repeatable };
}

/** A study that the runner evaluates itself: steps of a tenth of a second, five for each trial unless they are searched. */
function known(name: string, options: object, definition: Partial<Definition>, treatment: Treatment = 'none'): Entry {
  const objective = { type: 'test-function', function: 'branin', noise: 0, failures: 0, steps: 5, stepMs: 100, ...options } as const;
  return study(name, { metrics: [{ name: 'value' }], objective, searchSpace: branin, ...definition }, treatment);
}

/** Some of the same trainings, requested twice and with other numbers of epochs. */
function listed(): Record<string, number>[] {
  const points = [5, 10, 15, 20].flatMap((rate) => [20, 40].map((hiddenUnits) => ({ learningRate: rate / 1000, hiddenUnits })));
  return [6, 2].flatMap((steps) => points.map((point) => ({ ...point, epochs: steps })));
}
