import { z } from 'zod';
import type { Problem } from '../contract.ts';
import type { Bracket } from './brackets.ts';
import { fidelitySchema } from './fidelity.ts';
import { learnsFromResults, pinnedProposer, proposerSchema } from './proposers.ts';

/** Options of every search that a sampler proposes the first rungs of. */
export const rungOptions = {
  fidelity: fidelitySchema,
  reductionFactor: z
    .int()
    .min(2)
    .max(100)
    .default(3)
    .describe('η: each rung takes η times the steps of the rung before it, and continues the best 1/η of its trials.'),
  proposer: proposerSchema
    .prefault({ type: 'tpe' })
    .describe('The sampler that proposes new configurations; it learns from all results so far.'),
  batch: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Configurations that are proposed at a time, without knowing the results of each other: at most so many trials of a first rung run at once. Default: all of a rung where the proposer learns nothing; else 4, or a sixteenth of the largest first rung.',
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

/** Configurations proposed at a time by a sampler that learns: at least so many, and at most so many batches of the largest first rung. */
const learning = { leastBatch: 4, mostBatches: 16 };

/** Configurations that are proposed at a time. */
export function batchOf({ batch, proposer }: Pick<RungOptions, 'batch' | 'proposer'>, brackets: readonly Bracket[]): number {
  if (batch !== undefined) return batch;
  if (!learnsFromResults(proposer)) return Number.POSITIVE_INFINITY;
  const most = Math.max(...brackets.map(({ trials: [first = 0] }) => first));
  return Math.max(learning.leastBatch, Math.ceil(most / learning.mostBatches));
}

/** The options of a new study: all that the problem decides is named. @param problem without the steps */
export function pinnedRungs<Options extends RungOptions>(
  options: Options,
  problem: Problem,
  { fidelity, batch }: { readonly fidelity: string; readonly batch: number },
): Options {
  const proposer = pinnedProposer(options.proposer, problem);
  return { ...options, fidelity, proposer, ...(Number.isFinite(batch) && { batch }) };
}
