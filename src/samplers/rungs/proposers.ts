import { z } from 'zod';
import type { BoundSampler } from '../bound-sampler.ts';
import type { Problem, SamplerCost } from '../contract.ts';
import { gpSampler } from '../gp/sampler.ts';
import { quasiRandomSampler } from '../quasi-random/sampler.ts';
import { randomSampler } from '../random/sampler.ts';
import { row } from '../row.ts';
import { tpeSampler } from '../tpe/sampler.ts';

/** Samplers that may propose the configurations of a first rung: they learn from single results, or from none. */
const proposers = {
  random: row(randomSampler),
  'quasi-random': row(quasiRandomSampler),
  tpe: row(tpeSampler),
  gp: row(gpSampler),
} as const;

export const proposerSchema = z
  .discriminatedUnion('type', [
    randomSampler.optionsSchema,
    quasiRandomSampler.optionsSchema,
    tpeSampler.optionsSchema,
    gpSampler.optionsSchema,
  ])
  .meta({ id: 'Proposer', description: 'The sampler that proposes new configurations, and its options.' });
export type ProposerOptions = z.output<typeof proposerSchema>;

/** Binds a proposer to the problem without the steps. */
export function proposerFor(problem: Problem, options: ProposerOptions): BoundSampler {
  return proposers[options.type].bind(problem, options);
}

/** The options of a new study, with the defaults that their schema leaves open. */
export function pinnedProposer(options: ProposerOptions, problem: Problem): ProposerOptions {
  return proposerSchema.parse(proposers[options.type].pinnedOptions(options, problem));
}

/** One line for reports. */
export function describeProposer(options: ProposerOptions): string {
  return proposers[options.type].describeOptions(options);
}

/** The part of a proposer that needs no problem. */
function unbound(options: ProposerOptions): BoundSampler {
  return proposerFor({ space: [], direction: 'maximize' }, options);
}

/** See `Sampler.cost`. */
export function costOf(options: ProposerOptions): SamplerCost {
  return unbound(options).cost;
}

/** See `Sampler.looksAt`. */
export function looksAt(options: ProposerOptions, history: number): number {
  return unbound(options).looksAt(history);
}

/** True if it learns from results. */
export function learnsFromResults(options: ProposerOptions): boolean {
  return unbound(options).learns !== 'nothing';
}
