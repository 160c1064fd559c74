import { createHash } from 'node:crypto';
import type { SuggestionRequest } from '../../../src/samplers/contract.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { type SamplerOptions, samplerFor } from '../../../src/samplers/table.ts';
import { type RandomStream, randomStream } from '../../../src/shared/random.ts';
import { type Configuration, configurationFrom } from '../../../src/space/configuration.ts';
import { type SearchSpace, searchSpaceSchema } from '../../../src/space/schema.ts';
import { decodeUnit } from '../../../src/space/unit-cube.ts';
import { sampleSpace, sampleSpaceNames } from '../../support/search-spaces.ts';

/** Numbers of observations with which a search begins: around the counts at which rules change, and long ones. */
const lengths = [0, 1, 2, 6, 9, 10, 23, 24, 25, 26, 40, 99, 150, 300, 700, 2000] as const;
/** The value of a trial, by its place from 0 to 1 in the search's order of quality and a number at random. */
const outcomes: readonly ((place: number, random: number) => number | null)[] = [
  (place) => place,
  (place, random) => (random < 0.2 ? null : place),
  (place) => Math.floor(place * 4) / 4 - 0.5,
  (place, random) => (random < 0.1 ? Number.POSITIVE_INFINITY : -place),
  () => null,
];

const more: readonly SearchSpace[] = [
  [
    { type: 'float', name: 'rate', low: 0.0005, high: 0.5115, step: 0.0005 },
    { type: 'int', name: 'units', low: 1, high: 511 },
    { type: 'int', name: 'epochs', low: 1, high: 15 },
    { type: 'int', name: 'length', low: 1, high: 511 },
  ],
  [
    { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd', 'rmsprop', true, 7] },
    { type: 'float', name: 'rate', low: 1e-5, high: 0.1, scale: 'log' },
    { type: 'float', name: 'momentum', low: 0, high: 1, when: { parameter: 'optimizer', values: ['sgd', 7] } },
    { type: 'int', name: 'batch', low: 1, high: 256, scale: 'log' },
    { type: 'float', name: 'decay', low: 0, high: 0.1, step: 0.001, when: { parameter: 'optimizer', values: ['sgd', 7] } },
    { type: 'int', name: 'layers', low: 1, high: 4 },
    { type: 'int', name: 'kernel', low: 3, high: 9, step: 2, when: { parameter: 'layers', values: [3, 4] } },
  ],
  [{ type: 'float', name: 'x', low: -1, high: 1 }],
  [
    { type: 'int', name: 'seed', low: -5_000_000, high: 5_000_000 },
    { type: 'float', name: 'rate', low: 0, high: 1, step: 0.00001 },
  ],
  [{ type: 'float', name: 'rate', low: 0.000001, high: 1, step: 0.000001, scale: 'log' }],
].map((space) => searchSpaceSchema.parse(space));

/** A search at random: what it knows at first, and the trials that follow. */
export interface RandomSearch {
  readonly title: string;
  readonly space: SearchSpace;
  readonly options: SamplerOptions;
  readonly history: readonly Observation[];
  readonly pending: readonly Configuration[];
  readonly seed: number;
}

export const searches = 200;

/** The search of a number: each number has its own space, options, length, outcomes and pending trials. */
export function randomSearch(number: number): RandomSearch {
  const stream = randomStream(number, 'random-search');
  const oneOf = <T>(list: readonly T[]): T => list[stream.integer(list.length)] as T;
  const space = oneOf([...sampleSpaceNames.map(sampleSpace), ...more]);
  const preset = stream.uniform() < 0.3 ? ('hyperopt' as const) : ('default' as const);
  const others = stream.uniform() < 0.3 ? { startupTrials: stream.integer(3), candidates: 1 + stream.integer(60), priorWeight: 0.25 } : {};
  const outcome = oneOf(outcomes);
  const [length, best, spread] = [oneOf(lengths), stream.uniform(), oneOf([0.02, 0.1, 1])];
  const trial = (): Configuration => configurationFrom(space, (parameter) => decodeUnit(parameter, around(stream, best, spread)));
  const history: Observation[] = [];
  for (let at = 0; history.length < length; at += 1 + (stream.integer(9) === 0 ? 1 : 0))
    history.push({ number: at, index: at, parameters: trial(), origin: {}, value: outcome(stream.uniform(), stream.uniform()) });
  const pending = Array.from({ length: oneOf([0, 0, 1, 4, 12]) }, trial);
  return {
    title: `${number}: ${preset}, ${length} observations`,
    space,
    options: { type: 'tpe', preset, ...others },
    history,
    pending,
    seed: number,
  };
}

function around(stream: RandomStream, best: number, spread: number): number {
  return stream.uniform() < 0.3 ? stream.uniform() : Math.min(Math.max(best + spread * stream.normal(), 0), 1);
}

/** Suggestions of a search by one version of the sampler: while nothing ends, as pending trials end, and for what was known earlier. */
export function suggestionsOf(
  { space, options, seed, ...known }: RandomSearch,
  version: number,
): readonly (readonly [Configuration, number | null])[] {
  const sampler = samplerFor({ space, direction: seed % 2 === 0 ? 'minimize' : 'maximize' }, options, version);
  const history = [...known.history];
  const pending = [...known.pending];
  const suggest = (request: Pick<SuggestionRequest, 'history' | 'pending'>): [Configuration, number | null] => {
    const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(seed, purpose, ...indices);
    const firstIndex = (history.at(-1)?.number ?? -1) + 1 + pending.length;
    const proposal = sampler.suggest(sampler.init(), { ...request, firstIndex, count: 1, stream });
    const [made] = proposal.kind === 'suggestions' ? proposal.suggestions : [];
    if (!made) throw new Error('no suggestion');
    const { acquisition = null } = made.origin;
    return [made.parameters, acquisition === null ? null : Number(acquisition)];
  };
  const made: [Configuration, number | null][] = [];
  for (let round = 0; round < 3; round += 1) {
    for (let turn = 0; turn < 2; turn += 1) {
      const suggestion = suggest({ history: [...history], pending: [...pending] });
      pending.push(suggestion[0]);
      made.push(suggestion);
    }
    const ended = pending.splice(round, 1);
    const number = (history.at(-1)?.number ?? -1) + 1;
    history.push(...ended.map((parameters) => ({ number, index: number, parameters, origin: {}, value: round === 1 ? null : round / 7 })));
  }
  made.push(suggest({ history: history.slice(0, history.length >> 1), pending }), suggest({ history, pending }));
  return made;
}

/**
 * The digest of a search's suggestions. The acquisition value counts with nine digits: the last ones depend on the cosine of the
 * JavaScript engine, which draws normal deviates.
 */
export function digestOfSuggestions(search: RandomSearch, version: number): string {
  const shown = suggestionsOf(search, version).map(([parameters, acquisition]) => [parameters, acquisition?.toPrecision(9)]);
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 16);
}
