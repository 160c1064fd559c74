import { samplerFor, samplerOptionsSchema } from '../../src/samplers/table.ts';
import { randomStream } from '../../src/shared/random.ts';
import { type SampleSpace, sampleSpace, sampleSpaceNames } from '../support/search-spaces.ts';
import { type ConformanceCase, samplerConformance } from './conformance.ts';

function casesOf(options: (space: SampleSpace) => object): ConformanceCase[] {
  return sampleSpaceNames.map((title) => ({ title, space: sampleSpace(title), options: samplerOptionsSchema.parse(options(title)) }));
}

const points = { points: 3 };

/** Thirty configurations of a space, some of them alike in the small ones. */
function listedPoints(title: SampleSpace): readonly object[] {
  const sampler = samplerFor({ space: sampleSpace(title), direction: 'maximize' }, { type: 'random' });
  const stream = (purpose: string, ...indices: number[]) => randomStream(7, purpose, ...indices);
  const proposal = sampler.suggest(sampler.init(), { firstIndex: 0, count: 30, stream, history: [], pending: [] });
  return proposal.kind === 'suggestions' ? proposal.suggestions.map(({ parameters }) => parameters) : [];
}

samplerConformance(
  'random',
  casesOf(() => ({ type: 'random' })),
);
samplerConformance(
  'grid',
  casesOf((space) => ({
    type: 'grid',
    axes: space === 'continuous ranges' ? { dropout: points, rate: points, shift: { values: [-0.5, 0, 1 / 3] } } : {},
  })),
);
samplerConformance('genetic', [
  ...withRungs({ type: 'genetic', population: 6, elites: 2, rungs: { fidelity: 'steps', reductionFactor: 2 } }),
  ...withRungs({ type: 'genetic', population: 6, elites: 2, rungs: { fidelity: 'steps', stepFactor: 2, promotion: 'search' } }),
  ...withRungs({ type: 'genetic', population: 7, elites: 1, variation: 'real', rungs: { fidelity: 'steps', minSteps: 3 } }).slice(0, 3),
  ...casesOf(() => ({ type: 'genetic', population: 8, elites: 3 })),
  ...casesOf(() => ({
    type: 'genetic',
    population: 5,
    elites: 0,
    selectionExponent: 4,
    mutation: { probability: 1, kind: 'each-bit', bitProbability: 0.2 },
  })),
  ...casesOf(() => ({ type: 'genetic', population: 6, elites: 1, variation: 'real', selection: 'tournament', tournamentSize: 2 })),
]);
samplerConformance(
  'list',
  casesOf((space) => ({ type: 'list', points: listedPoints(space) })),
);
/** The same cases with 2, 3 and 4 metrics in turn, every second one with a constraint. */
function ofSeveralMetrics(cases: readonly ConformanceCase[]): ConformanceCase[] {
  return cases.map((each, place) => ({
    ...each,
    title: `${each.title}, ${2 + (place % 3)} metrics`,
    metrics: 2 + (place % 3),
    constrained: place % 2 === 1,
  }));
}

samplerConformance('tpe', [
  ...casesOf(() => ({ type: 'tpe', startupTrials: 4, candidates: 8 })),
  ...casesOf(() => ({ type: 'tpe', preset: 'hyperopt', startupTrials: 4, candidates: 8 })),
  ...ofSeveralMetrics(casesOf(() => ({ type: 'tpe', startupTrials: 4, candidates: 8 }))),
]);
samplerConformance(
  'quasi-random',
  casesOf(() => ({ type: 'quasi-random' })),
);
samplerConformance('cma-es', [
  ...casesOf(() => ({ type: 'cma-es' })),
  ...casesOf(() => ({ type: 'cma-es', population: 5, sigma: 0.6, restarts: false, learningRateAdaptation: true })),
]);
samplerConformance('gp', [
  ...casesOf(() => ({ type: 'gp', startupTrials: 4 })),
  // Each suggestion takes a process for every metric: three spaces are enough.
  ...ofSeveralMetrics(casesOf(() => ({ type: 'gp', startupTrials: 4 })).slice(-3)),
]);
samplerConformance('swarm', [
  ...casesOf(() => ({ type: 'swarm', particles: 6 })),
  ...casesOf(() => ({ type: 'swarm', particles: 7, movement: { kind: 'constriction' }, topology: 'global', mutation: 0.5 })),
]);
samplerConformance('nsga2', [
  ...casesOf(() => ({ type: 'nsga2', population: 8 })),
  ...ofSeveralMetrics(casesOf(() => ({ type: 'nsga2', population: 6, mutation: { probability: 1 } }))),
]);

/** Each space with a parameter for the steps, in the middle of it where there are several. */
function withRungs(options: object): ConformanceCase[] {
  return casesOf(() => options).map((each) => {
    const steps = { type: 'int', name: 'steps', low: 2, high: 18, step: 2, scale: 'linear' } as const;
    return { ...each, space: [...each.space.slice(0, 1), steps, ...each.space.slice(1)] };
  });
}

samplerConformance('successive-halving', [
  ...withRungs({
    type: 'successive-halving',
    fidelity: 'steps',
    configurations: 7,
    proposer: { type: 'tpe', startupTrials: 3, candidates: 8 },
  }),
  ...withRungs({ type: 'successive-halving', fidelity: 'steps', reductionFactor: 2, rounds: 2, proposer: { type: 'quasi-random' } }),
]);
samplerConformance('hyperband', [
  ...withRungs({ type: 'hyperband', fidelity: 'steps', reductionFactor: 2, batch: 3, proposer: { type: 'random' } }),
  ...withRungs({ type: 'hyperband', fidelity: 'steps', proposer: { type: 'gp', startupTrials: 3 } }).slice(0, 2),
]);
samplerConformance('pbt', [
  ...withRungs({ type: 'pbt', population: 6, fidelity: 'steps', interval: 4 }),
  ...withRungs({ type: 'pbt', population: 5, fidelity: 'steps', interval: 1, share: 0.5, perturbation: 0.7, resample: 0.5 }),
]);
