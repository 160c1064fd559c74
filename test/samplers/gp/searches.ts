import type { SuggestionRequest } from '../../../src/samplers/contract.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { samplerFor } from '../../../src/samplers/table.ts';
import { digestOf } from '../../../src/shared/digest.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { configurationFrom } from '../../../src/space/configuration.ts';
import { type SearchSpace, searchSpaceSchema } from '../../../src/space/schema.ts';
import { decodeUnit } from '../../../src/space/unit-cube.ts';
import { sampleSpace, sampleSpaceNames } from '../../support/search-spaces.ts';

/** Numbers of observations: few, some, enough for a local model, and for a long fit, more than hyperparameters are fitted to, more than a model is made of, more than it serves. */
const lengths = [3, 9, 25, 61, 91, 101, 110, 220, 1001, 1002] as const;

const lstm = searchSpaceSchema.parse([
  { type: 'float', name: 'rate', low: 0.0005, high: 0.5115 },
  { type: 'int', name: 'units', low: 1, high: 511 },
  { type: 'int', name: 'epochs', low: 1, high: 15 },
  { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] },
]);

export interface KnownSearch {
  readonly title: string;
  readonly space: SearchSpace;
  readonly length: number;
}

/** Searches whose suggestions never change: one of each length in each space. */
export const knownSearches: readonly KnownSearch[] = [
  ...sampleSpaceNames.map((title) => ({ title, space: sampleSpace(title) })),
  { title: 'an LSTM', space: lstm },
].flatMap(({ title, space }) => lengths.map((length) => ({ title: `${length} trials of ${title}`, space, length })));

/** Digest of the next suggestion after random trials, a tenth of which failed, while two more are open. */
export function digestOfSuggestion({ space, length }: KnownSearch): string {
  const draws = randomStream(length, 'known-search');
  const trial = () => configurationFrom(space, (parameter) => decodeUnit(parameter, draws.uniform()));
  const history: Observation[] = Array.from({ length }, (_, number) => ({
    number,
    index: number,
    parameters: trial(),
    origin: {},
    value: draws.uniform() < 0.1 ? null : draws.normal(),
  }));
  const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(11, purpose, ...indices);
  const sampler = samplerFor({ space, direction: 'maximize' }, { type: 'gp', startupTrials: 4 });
  const pending = [trial(), trial()];
  return digestOf(sampler.suggest(sampler.init(), { firstIndex: length + 2, count: 1, history, pending, stream })).slice(0, 16);
}
