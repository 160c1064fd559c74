import { z } from 'zod';
import { halving, levelsOf } from '../rungs/brackets.ts';
import { fidelityOf, fidelityViolations } from '../rungs/fidelity.ts';
import { rungOptions } from '../rungs/options.ts';
import { describeProposer } from '../rungs/proposers.ts';
import { rungSampler } from '../rungs/search.ts';
import { shrunk } from '../shrink.ts';

const optionsSchema = z
  .strictObject({
    type: z.literal('successive-halving'),
    configurations: z
      .int()
      .min(2)
      .max(1000)
      .optional()
      .describe('Configurations in the first rung of a bracket. Default: as many as leave one in the last rung.'),
    ...rungOptions,
  })
  .meta({
    id: 'SuccessiveHalvingSampler',
    description: 'Measures many configurations with few steps, and rung by rung continues the best of them with more.',
  });

type Options = z.output<typeof optionsSchema>;

/** One bracket again and again: all levels, from so many configurations on. */
function configurationsOf({ configurations, reductionFactor }: Options, levels: readonly number[]): number {
  return configurations ?? reductionFactor ** (levels.length - 1);
}

/**
 * Successive halving (Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", AISTATS 2016) with the
 * rungs of Li et al. (JMLR 18, 2018). Our name ↔ its symbol: `configurations` ↔ n, `reductionFactor` ↔ η, the high of the fidelity ↔ R.
 */
export const successiveHalvingSampler = rungSampler({
  name: 'successive-halving',
  summary: 'Measures many configurations with few steps, and rung by rung continues the best of them with more.',
  optionsSchema,
  brackets: (options, levels) => [halving(levels, configurationsOf(options, levels), options.reductionFactor)],
  pinned: (options, problem) => {
    if (fidelityViolations(problem, options).length > 0) return options;
    return { ...options, configurations: configurationsOf(options, levelsOf(fidelityOf(problem, options), options.reductionFactor)) };
  },
  shrunk: (options, factor, note) => {
    const { configurations, reductionFactor } = options;
    if (configurations === undefined) return options;
    return { ...options, configurations: note('configurations', configurations, shrunk(configurations, factor, reductionFactor)) };
  },
  describe: ({ reductionFactor, proposer }) => `successive halving, η = ${reductionFactor}, first rungs by ${describeProposer(proposer)}`,
});
