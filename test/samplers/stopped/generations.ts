import type { BoundSampler } from '../../../src/samplers/bound-sampler.ts';
import type { Direction, SuggestionRequest } from '../../../src/samplers/contract.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { samplerFor, samplerOptionsSchema } from '../../../src/samplers/table.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';

export const square = searchSpaceSchema.parse([
  { type: 'float', name: 'x', low: 0, high: 1 },
  { type: 'float', name: 'y', low: 0, high: 1 },
]);

export const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(3, purpose, ...indices);

/** What was measured of a trial: a value, and the step after which it was stopped. */
export type Result = Pick<Observation, 'value'> & Partial<Pick<Observation, 'prunedAt' | 'violation'>>;

export const completed = (value: number): Result => ({ value });
export const stopped = (prunedAt: number, value: number | null): Result => ({ value, prunedAt });
export const failed: Result = { value: null };

/** A sampler with these options over the square. */
export function squareSampler(options: object, direction: Direction = 'maximize'): BoundSampler {
  return samplerFor({ space: square, direction }, samplerOptionsSchema.parse(options));
}

/** A search of whole generations, as far as it went. */
export interface Generations {
  readonly state: unknown;
  readonly observations: readonly Observation[];
}

/** The suggestions of the generation that a state waits for. */
export function nextGeneration(sampler: BoundSampler, state: unknown) {
  const generation = sampler.generation(state);
  if (!generation) throw new Error('a generation is open');
  const request = { firstIndex: generation.firstIndex, count: generation.size, history: [], pending: [], stream };
  const proposal = sampler.suggest(state, request);
  if (proposal.kind !== 'suggestions') throw new Error('a generation has suggestions');
  return proposal.suggestions;
}

/** Closes the next generation with these results. */
export function closed(
  sampler: BoundSampler,
  results: readonly Result[],
  { state, observations }: Generations = { state: sampler.init(), observations: [] },
): Generations {
  const first = observations.length;
  const news = nextGeneration(sampler, state).map(
    (suggestion, slot): Observation => ({ ...suggestion, number: first + slot, index: first + slot, ...(results[slot] ?? failed) }),
  );
  return { state: sampler.observe(state, news), observations: [...observations, ...news] };
}
