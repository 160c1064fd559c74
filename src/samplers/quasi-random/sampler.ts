import { z } from 'zod';
import { configurationFrom } from '../../space/configuration.ts';
import { decodeUnit } from '../../space/unit-cube.ts';
import { mostMetrics, type Sampler } from '../contract.ts';
import { quasiRandomOptionsSchema } from './options.ts';
import { scrambledSobol } from './sobol.ts';

const stateSchema = z.strictObject({ version: z.literal(1) });

/**
 * Quasi-random search: suggestion n is point n of a scrambled Sobol' sequence with a dimension for each parameter, in the order of the
 * space. A parameter that does not exist in a configuration leaves its coordinate unused. Failed trials have no effect: results are
 * not used.
 */
export const quasiRandomSampler: Sampler<typeof quasiRandomOptionsSchema, z.output<typeof stateSchema>> = {
  name: 'quasi-random',
  version: 2,
  summary: 'Spreads trials evenly over the search space, without the gaps and clusters of random draws.',
  optionsSchema: quasiRandomOptionsSchema,
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
  describe: () => 'quasi-random search (scrambled Sobol)',
  init: () => ({ version: 1 }),
  observe: (_problem, _options, state) => state,
  suggest({ space }, _options, _state, { firstIndex, count, stream }) {
    const coordinates = new Map(space.map(({ name }, index) => [name, scrambledSobol(index, stream('quasi-random-digits', index))]));
    return {
      kind: 'suggestions',
      suggestions: Array.from({ length: count }, (_, index) => ({
        parameters: configurationFrom(space, (parameter) =>
          decodeUnit(parameter, coordinates.get(parameter.name)?.(firstIndex + index) ?? 0),
        ),
        origin: { sampler: 'quasi-random', point: firstIndex + index },
      })),
    };
  },
  generation: () => null,
  population: () => [],
};
