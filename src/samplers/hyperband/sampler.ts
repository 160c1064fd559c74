import { z } from 'zod';
import { hyperbandBrackets } from '../rungs/brackets.ts';
import { rungOptions } from '../rungs/options.ts';
import { describeProposer } from '../rungs/proposers.ts';
import { rungSampler } from '../rungs/search.ts';

const optionsSchema = z.strictObject({ type: z.literal('hyperband'), ...rungOptions }).meta({
  id: 'HyperbandSampler',
  description:
    'Successive halving in brackets that begin with many configurations and few steps, or with few configurations and many steps. With the proposer tpe it is BOHB.',
});

/** Hyperband (Li et al., JMLR 18, 2018, algorithm 1); with a proposer that learns, BOHB (Falkner, Klein and Hutter, ICML 2018). */
export const hyperbandSampler = rungSampler({
  name: 'hyperband',
  summary: 'Successive halving in several brackets, for when it is not known how soon bad configurations show.',
  optionsSchema,
  brackets: ({ reductionFactor }, levels) => hyperbandBrackets(levels, reductionFactor),
  describe: ({ reductionFactor, proposer }) => `Hyperband, η = ${reductionFactor}, first rungs by ${describeProposer(proposer)}`,
});
