import type { Observation, Problem, Proposal } from '../../samplers/contract.ts';
import type { SamplerOptions } from '../../samplers/table.ts';
import type { Configuration } from '../../space/configuration.ts';

/** Everything that suggestions are a function of: plain data, which can be sent to another thread. */
export interface SuggestionInputs {
  readonly problem: Problem;
  readonly options: SamplerOptions;
  /** Version of the sampler's code that the study began with. */
  readonly version: number;
  /** The sampler's state. */
  readonly state: unknown;
  /** The seed that these trials are suggested with. */
  readonly seed: number;
  readonly firstNumber: number;
  readonly count: number;
  readonly history: readonly Observation[];
  readonly pending: readonly Configuration[];
}

/** Makes the suggestions of slow samplers. It must be called outside of transactions, and takes as long as the sampler does. */
export interface Planner {
  /**
   * Asks the sampler off the caller's event loop. Deterministic: equal inputs give equal answers.
   *
   * @throws SamplerFaultError if the sampler rejects these inputs; PlannerClosedError if the planner was closed meanwhile
   */
  suggest(inputs: SuggestionInputs): Promise<Proposal>;
}

/** The service stops: the suggestion is made again after the next start. */
export class PlannerClosedError extends Error {
  override readonly name = 'PlannerClosedError';
}

/** A sampler threw: its state or the history cannot be its own. */
export class SamplerFaultError extends Error {
  override readonly name = 'SamplerFaultError';
}
