import type { Proposal } from '../../samplers/contract.ts';
import type { SuggestionInputs } from '../search/suggest.ts';

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
