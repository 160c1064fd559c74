import { z } from 'zod';
import type { Problem } from '../contract.ts';
import { fidelitySchema, withFidelity } from './fidelity.ts';
import { learnsFromResults, pinnedProposer, proposerSchema } from './proposers.ts';

/** Options of every search that a sampler proposes the first rungs of. */
export const rungOptions = {
  fidelity: fidelitySchema,
  reductionFactor: z
    .int()
    .min(2)
    .max(100)
    .default(3)
    .describe('η: each rung has so many times as many steps as the one before, and continues one of so many of its trials.'),
  proposer: proposerSchema
    .prefault({ type: 'tpe' })
    .describe('The sampler that proposes new configurations; it learns from all results so far.'),
  batch: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Configurations that are proposed at a time, without knowing the results of each other: at most so many trials of a first rung run at once. Default: all of a rung where the proposer learns nothing, else 4.',
    ),
  rounds: z.int().min(1).max(100_000).optional().describe('Passes over all brackets. Default: until the budget ends the search.'),
};

/** The same, as a type. */
export interface RungOptions {
  readonly type: string;
  readonly fidelity?: string | undefined;
  readonly reductionFactor: number;
  readonly proposer: z.output<typeof proposerSchema>;
  readonly batch?: number | undefined;
  readonly rounds?: number | undefined;
}

/** Configurations proposed at a time by a sampler that learns. */
const learningBatch = 4;

/** Configurations that are proposed at a time. */
export function batchOf({ batch, proposer }: Pick<RungOptions, 'batch' | 'proposer'>): number {
  return batch ?? (learnsFromResults(proposer) ? learningBatch : Number.POSITIVE_INFINITY);
}

/** The options of a new study: what the problem decides is named. */
export function pinnedRungs<Options extends RungOptions>(options: Options, problem: Problem): Options {
  const batch = batchOf(options);
  return {
    ...withFidelity(problem, options),
    proposer: pinnedProposer(options.proposer, problem),
    ...(Number.isFinite(batch) && { batch }),
  };
}
