import type { StudyRequest } from '../../src/api/study-request.ts';
import { samplerOptionsSchema } from '../../src/samplers/table.ts';
import { digestOf } from '../../src/shared/digest.ts';
import { samplerIdentity } from '../support/sampler-identity.ts';

/** Trials of a search. */
const trials = 70;

/** The compared samplers, with their defaults; `hyperopt` is the Bayesian optimisation of the paper (Hyperas, which is hyperopt's TPE). */
const samplers = {
  gp: { type: 'gp' },
  'cma-es': { type: 'cma-es' },
  tpe: { type: 'tpe' },
  hyperopt: { type: 'tpe', preset: 'hyperopt' },
  swarm: { type: 'swarm' },
  genetic: { type: 'genetic' },
  random: { type: 'random' },
} as const;

export type SamplerName = keyof typeof samplers;
export const samplerNames = Object.keys(samplers) as SamplerName[]; // its keys are exactly these

/** One search of the comparison. */
export interface Search {
  readonly sampler: SamplerName;
  /** Of the search and of the weights: equal configurations of one seed have one result. */
  readonly seed: number;
}

/** All that decides its result: kept ones of another sampler version or study do not count for it. */
export function identityOf(search: Search): string {
  return `${samplerIdentity(samplerOptionsSchema.parse(samplers[search.sampler]))}, ${digestOf(definitionOf(search))}`;
}

/** Labels by which its study is found again. */
export function labelsOf(search: Search): Record<'bench' | 'sampler' | 'seed' | 'identity', string> {
  const { sampler, seed } = search;
  return { bench: 'imdb-samplers', sampler, seed: String(seed), identity: digestOf(identityOf(search)).slice(0, 16) };
}

/**
 * Its study: the search space of Poudel et al., limited as in docs/imdb-report.html to 127 hidden units and 7 epochs, 4,000 texts for training. Each
 * suggestion sees all results before it.
 */
export function studyOf(search: Search): StudyRequest {
  return { name: `imdb-samplers ${search.sampler} ${search.seed}`, labels: labelsOf(search), ...definitionOf(search) };
}

function definitionOf(search: Search) {
  return {
    seed: search.seed,
    parallelism: 1,
    budget: { trials },
    sampler: samplers[search.sampler],
    metrics: [{ name: 'accuracy' }],
    objective: { type: 'lstm-text-classifier', dataset: 'imdb', trainSize: 4000 },
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 127 },
      { type: 'int', name: 'epochs', low: 1, high: 7 },
      { type: 'int', name: 'maxLength', low: 1, high: 511 },
    ],
  } satisfies Omit<StudyRequest, 'name'>;
}
