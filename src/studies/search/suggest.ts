import type { Problem, Proposal } from '../../samplers/contract.ts';
import type { History } from '../../samplers/observation.ts';
import { type SamplerOptions, samplerFor } from '../../samplers/table.ts';
import { randomStream } from '../../shared/random.ts';
import type { Configuration } from '../../space/configuration.ts';

/** Everything that suggestions are a function of. With an array as its history, it can be sent to another thread. */
export interface SuggestionInputs {
  readonly problem: Problem;
  readonly options: SamplerOptions;
  /** Version of the sampler's code that the study began with. */
  readonly version: number;
  /** The sampler's state. */
  readonly state: unknown;
  /** The seed that these trials are suggested with. */
  readonly seed: number;
  readonly firstIndex: number;
  readonly count: number;
  readonly history: History;
  readonly pending: readonly Configuration[];
}

/** A sampler threw: its state or the history cannot be its own. */
export class SamplerFaultError extends Error {
  override readonly name = 'SamplerFaultError';
}

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

/** A planner that asks the sampler on the caller's own thread: for tests and tools, which may block. */
export const inProcessPlanner = { suggest: async (inputs: SuggestionInputs): Promise<Proposal> => proposalOf(answerOf(inputs)) };
