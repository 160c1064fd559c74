import type { Proposal, Suggestion, SuggestionRequest } from '../../src/samplers/contract.ts';
import type { Observation } from '../../src/samplers/observation.ts';
import { type SamplerOptions, samplerFor } from '../../src/samplers/table.ts';
import { randomStream } from '../../src/shared/random.ts';
import type { FrontProblem } from './problems.ts';

/** Runs a search of one of our samplers. @returns the losses of each trial, in order */
export function losses(
  options: SamplerOptions,
  problem: FrontProblem,
  { trials, seed }: { trials: number; seed: number },
): (readonly number[])[] {
  const directions = Array.from({ length: problem.metrics }, () => 'minimize' as const);
  const sampler = samplerFor({ space: problem.space, direction: 'minimize', directions }, options);
  const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(`${problem.name} ${seed}`, purpose, ...indices);
  const looksBack = sampler.learns === 'history';
  const history: Observation[] = [];
  const found: (readonly number[])[] = [];
  for (let state = sampler.init(); found.length < trials; ) {
    const count = looksBack ? 1 : Math.min(sampler.generation(state)?.size ?? trials, trials - found.length);
    const suggestions = suggested(sampler.suggest(state, { firstIndex: found.length, count, stream, history, pending: [] }));
    const observations = suggestions.map(({ parameters, origin }, place): Observation => {
      const [number, values] = [found.length + place, problem.values(parameters)];
      return { number, index: number, parameters, origin, value: values[0] ?? null, values };
    });
    found.push(...observations.flatMap(({ values }) => (values ? [values] : [])));
    if (looksBack) history.push(...observations);
    state = sampler.observe(state, observations);
  }
  return found;
}

function suggested(proposal: Proposal): readonly Suggestion[] {
  if (proposal.kind !== 'suggestions') throw new Error(`the sampler is ${proposal.kind}`);
  return proposal.suggestions;
}
