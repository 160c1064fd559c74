import { z } from 'zod';
import { type Configuration, configurationFrom } from '../../space/configuration.ts';
import type { SearchSpace } from '../../space/schema.ts';
import { canonicalValue } from '../../space/unit-cube.ts';
import type { Sampler } from '../contract.ts';
import { listOptionsSchema, listViolations } from './options.ts';

const stateSchema = z.strictObject({ version: z.literal(1) });

/** Tries given configurations. Trial n is the n-th of the list; results, failed ones included, change nothing. */
export const listSampler: Sampler<typeof listOptionsSchema, z.output<typeof stateSchema>> = {
  name: 'list',
  version: 1,
  summary: 'Tries configurations that you name, in order.',
  optionsSchema: listOptionsSchema,
  pinned: null,
  stateSchema,
  learns: 'nothing',
  cost: 'instant',
  check: listViolations,
  defaultParallelism: () => 16,
  size: (_problem, { points }) => points.length,
  scale: (options, budget) => ({ options, budget }),
  describe: () => 'listed configurations',
  init: () => ({ version: 1 }),
  observe: (_problem, _options, state) => state,
  suggest({ space }, { points }, _state, { firstNumber, count }) {
    const asked = points.slice(firstNumber, firstNumber + count);
    if (asked.length === 0) return { kind: 'exhausted', reason: `all ${points.length} listed configurations are tried` };
    return {
      kind: 'suggestions',
      suggestions: asked.map((point, index) => ({
        parameters: canonicalPoint(space, point),
        origin: { sampler: 'list', point: firstNumber + index },
      })),
    };
  },
  generation: () => null,
  population: () => [],
};

/** In the order of the space, each value in its one form; `check` has seen that all are there. */
function canonicalPoint(space: SearchSpace, point: Configuration): Configuration {
  return configurationFrom(space, (parameter) => {
    const given = point[parameter.name];
    const canonical = given === undefined ? undefined : canonicalValue(parameter, given);
    if (canonical === undefined) throw new RangeError(`the listed configuration has no value of ${parameter.name}`);
    return canonical;
  });
}
