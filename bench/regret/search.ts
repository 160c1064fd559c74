import type { Proposal, Suggestion, SuggestionRequest } from '../../src/samplers/contract.ts';
import type { Observation } from '../../src/samplers/observation.ts';
import { type SamplerOptions, samplerFor } from '../../src/samplers/table.ts';
import { randomStream } from '../../src/shared/random.ts';
import type { Configuration } from '../../src/space/configuration.ts';
import type { Problem } from './problems/problem.ts';

/** A search of the bench. */
export interface SearchPlan {
  readonly trials: number;
  /** Trials that are suggested before any of them is told; a generational sampler sees whole generations instead. */
  readonly parallelism: number;
  readonly seed: number;
}

/**
 * Runs a search and judges it: after each trial, the regret is how far the true value of the trial that looked best is above the least one.
 *
 * @returns the regret after each trial; Infinity before any succeeded
 * @throws Error when the sampler rejects the problem or runs out of suggestions
 */
export function regrets(options: SamplerOptions, problem: Problem, { trials, parallelism, seed }: SearchPlan): number[] {
  const sampler = samplerFor({ space: problem.space, direction: 'minimize' }, options);
  const faults = sampler.check();
  if (faults.length > 0) throw new Error(`${options.type} refuses ${problem.name}: ${faults.map(({ detail }) => detail).join('; ')}`);
  const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(`${problem.name} ${seed}`, purpose, ...indices);
  const history: Observation[] = [];
  const open: Suggestion[] = [];
  const curve = new Curve(problem);
  for (let state = sampler.init(); history.length < trials; ) {
    const generation = sampler.generation(state);
    const batch = generation ? generation.size : parallelism;
    while (open.length < Math.min(batch, trials - history.length)) {
      const learns = sampler.learns === 'history';
      const request = {
        firstIndex: history.length + open.length,
        count: 1,
        history: learns ? history : [],
        pending: learns ? open.map(({ parameters }) => parameters) : [],
      };
      open.push(suggested(sampler.suggest(state, { ...request, stream })));
    }
    const finished = open.splice(0).map(({ parameters, origin }, index) => {
      const number = history.length + index;
      return { number, index: number, parameters, origin, value: curve.tell(parameters, seed) };
    });
    history.push(...finished);
    state = sampler.observe(state, finished);
  }
  return curve.regrets;
}

function suggested(proposal: Proposal): Suggestion {
  const [suggestion] = proposal.kind === 'suggestions' ? proposal.suggestions : [];
  if (!suggestion) throw new Error(`the sampler is ${proposal.kind}`);
  return suggestion;
}

/** What a search is told and judged by. */
export class Curve {
  readonly regrets: number[] = [];
  readonly #problem: Problem;
  #least = Number.POSITIVE_INFINITY;
  #regret = Number.POSITIVE_INFINITY;

  constructor(problem: Problem) {
    this.#problem = problem;
  }

  /** @returns what the search is told */
  tell(parameters: Configuration, run: number): number | null {
    const value = this.#problem.observed(parameters, run);
    if (value !== null && value < this.#least) {
      this.#least = value;
      this.#regret = this.#problem.value(parameters) - this.#problem.least;
    }
    this.regrets.push(this.#regret);
    return value;
  }
}
