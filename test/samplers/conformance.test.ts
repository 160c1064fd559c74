import { type SamplerOptions, samplerFor, samplerOptionsSchema } from '../../src/samplers/table.ts';
import { randomStream } from '../../src/shared/random.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';
import { bothDirections, type ConformanceCase, samplerConformance } from './conformance.ts';

const spaces = {
  'steps, ints and choices': [
    { type: 'float', name: 'rate', low: 0.0005, high: 0.0105, step: 0.0005 },
    { type: 'int', name: 'units', low: 1, high: 9, step: 2 },
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd', true, 7] },
  ],
  'log scales': [
    { type: 'int', name: 'units', low: 1, high: 100, scale: 'log' },
    { type: 'float', name: 'rate', low: 0.001, high: 0.01, step: 0.001, scale: 'log' },
  ],
  'continuous ranges': [
    { type: 'float', name: 'dropout', low: 0, high: 0.5 },
    { type: 'float', name: 'rate', low: 1e-5, high: 0.1, scale: 'log' },
    { type: 'float', name: 'shift', low: -1, high: 1 },
  ],
  'conditions within conditions': [
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] },
    { type: 'int', name: 'layers', low: 1, high: 3, when: { parameter: 'optimizer', values: ['sgd'] } },
    { type: 'float', name: 'momentum', low: 0, high: 1, step: 0.25, when: { parameter: 'layers', values: [2, 3] } },
    { type: 'int', name: 'units', low: 1, high: 4 },
  ],
  'one parameter': [{ type: 'int', name: 'units', low: 1, high: 100 }],
  'a single value beside a free one': [
    { type: 'categorical', name: 'fixed', choices: ['only'] },
    { type: 'int', name: 'units', low: 5, high: 64 },
  ],
} as const;

function casesOf(options: (space: string) => object): ConformanceCase[] {
  return Object.entries(spaces).flatMap(([title, space]) =>
    bothDirections((direction) => ({
      title,
      problem: { space: searchSpaceSchema.parse(space), direction },
      options: parsed(options(title)),
    })),
  );
}

function parsed(options: object): SamplerOptions {
  return samplerOptionsSchema.parse(options);
}

const points = { points: 3 };

/** Thirty configurations of a space, some of them alike in the small ones. */
function listedPoints(title: string): readonly object[] {
  const space = Object.entries(spaces).find(([name]) => name === title)?.[1];
  const sampler = samplerFor({ space: searchSpaceSchema.parse(space), direction: 'maximize' }, { type: 'random' });
  const stream = (purpose: string, ...indices: number[]) => randomStream(7, purpose, ...indices);
  const proposal = sampler.suggest(sampler.init(), { firstNumber: 0, count: 30, stream, history: [], pending: [] });
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
  ...casesOf(() => ({ type: 'genetic', population: 8, elites: 3 })),
  ...casesOf(() => ({
    type: 'genetic',
    population: 5,
    elites: 0,
    selectionExponent: 4,
    mutation: { probability: 1, kind: 'each-bit', bitProbability: 0.2 },
  })),
]);
samplerConformance(
  'list',
  casesOf((space) => ({ type: 'list', points: listedPoints(space) })),
);
samplerConformance('tpe', [
  ...casesOf(() => ({ type: 'tpe', startupTrials: 4, candidates: 8 })),
  ...casesOf(() => ({ type: 'tpe', preset: 'hyperopt', startupTrials: 4, candidates: 8 })),
]);
samplerConformance(
  'quasi-random',
  casesOf(() => ({ type: 'quasi-random' })),
);
