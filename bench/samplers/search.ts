import type { TestFunction } from '../../src/objectives/test-function/test-function.ts';
import type { SuggestionRequest } from '../../src/samplers/contract.ts';
import type { Observation } from '../../src/samplers/observation.ts';
import { type SamplerOptions, samplerFor } from '../../src/samplers/table.ts';
import { randomStream } from '../../src/shared/random.ts';

/**
 * Runs the trials of one of our own samplers, each finished before the next is suggested (parallelism 1): a sequential
 * sampler learns from every result, a generational one from whole generations.
 *
 * @throws Error when the sampler rejects the problem or runs out of suggestions
 */
export function search(
  options: SamplerOptions,
  testFunction: TestFunction,
  { seed, trials }: { seed: number; trials: number },
): readonly Observation[] {
  const sampler = samplerFor({ space: testFunction.space, direction: 'minimize' }, options);
  const faults = sampler.check();
  if (faults.length > 0) throw new Error(`${options.type} refuses ${testFunction.name}: ${faults.map(({ detail }) => detail).join('; ')}`);
  const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(seed, purpose, ...indices);
  const observations: Observation[] = [];
  for (let state = sampler.init(); observations.length < trials; ) {
    const firstIndex = observations.length;
    const history = sampler.learns === 'history' ? observations : [];
    const generation = sampler.generation(state);
    const count = Math.min(trials - firstIndex, generation ? generation.firstIndex + generation.size - firstIndex : 1);
    const proposal = sampler.suggest(state, { firstIndex, count, history, pending: [], stream });
    if (proposal.kind !== 'suggestions') throw new Error(`${options.type} is ${proposal.kind} at trial ${firstIndex}`);
    const finished = proposal.suggestions.map(({ parameters, origin }, index) => ({
      number: firstIndex + index,
      index: firstIndex + index,
      parameters,
      origin,
      value: testFunction.value(parameters),
    }));
    observations.push(...finished);
    state = sampler.observe(state, finished);
  }
  return observations;
}

/** Returns the least value among trials. */
export function leastValue(observations: readonly Observation[]): number {
  return observations.reduce((least, { value }) => Math.min(least, value ?? Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
}
