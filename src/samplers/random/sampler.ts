import { z } from 'zod';
import { configurationFrom } from '../../space/configuration.ts';
import { decodeUnit } from '../../space/unit-cube.ts';
import { mostMetrics, type Sampler } from '../contract.ts';
import { randomOptionsSchema } from './options.ts';

const stateSchema = z.strictObject({ version: z.literal(1) });

/** Random search (Bergstra and Bengio, JMLR 13, 2012). Failed trials have no effect: results are not used. */
export const randomSampler: Sampler<typeof randomOptionsSchema, z.output<typeof stateSchema>> = {
  name: 'random',
  version: 1,
  summary: 'Draws every trial uniformly; the baseline, and embarrassingly parallel.',
  optionsSchema: randomOptionsSchema,
  pinned: null,
  stateSchema,
  learns: 'nothing',
  skipsGiven: false,
  cost: 'instant',
  mostMetrics,
  check: () => [],
  defaultParallelism: () => 16,
  size: () => null,
  scale: (options, budget) => ({ options, budget }),
  describe: () => 'random search',
  init: () => ({ version: 1 }),
  observe: (_problem, _options, state) => state,
  suggest: (problem, _options, _state, request) => ({
    kind: 'suggestions',
    suggestions: Array.from({ length: request.count }, (_, index) => {
      const stream = request.stream('random', request.firstIndex + index);
      return {
        parameters: configurationFrom(problem.space, (parameter) => decodeUnit(parameter, stream.uniform())),
        origin: { sampler: 'random' },
      };
    }),
  }),
  generation: () => null,
  population: () => [],
};
