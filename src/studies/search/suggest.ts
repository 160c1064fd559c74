import type { Proposal } from '../../samplers/contract.ts';
import { samplerFor } from '../../samplers/table.ts';
import { randomStream } from '../../shared/random.ts';
import { type Planner, SamplerFaultError, type SuggestionInputs } from '../ports/planner.ts';

/**
 * Asks a sampler for suggestions: a pure function of its inputs, in any thread.
 *
 * @throws the sampler's errors
 */
export function suggest({ problem, options, version, state, seed, ...request }: SuggestionInputs): Proposal {
  const stream = (purpose: string, ...indices: number[]) => randomStream(seed, purpose, ...indices);
  return samplerFor(problem, options, version).suggest(state, { ...request, stream });
}

/** Answer to a request as plain data that passes between threads: an error would lose its class. */
export type Answer = { readonly proposal: Proposal } | { readonly fault: string };

/** Asks a sampler for suggestions; an error that it throws becomes part of the answer. */
export function answerOf(inputs: SuggestionInputs): Answer {
  try {
    return { proposal: suggest(inputs) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** @throws SamplerFaultError if the sampler threw */
export function proposalOf(answer: Answer): Proposal {
  if ('fault' in answer) throw new SamplerFaultError(answer.fault);
  return answer.proposal;
}

/** Asks the sampler on the caller's own thread: for tests and tools, which may block. */
export const inProcessPlanner: Planner = { suggest: async (inputs) => proposalOf(answerOf(inputs)) };
