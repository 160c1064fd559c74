import { z } from 'zod';
import { canonicalPoint } from '../../space/point.ts';
import { mostMetrics, type Sampler } from '../contract.ts';
import { listOptionsSchema, listViolations } from './options.ts';

const stateSchema = z.strictObject({ version: z.literal(1) });

/** Tries given configurations. Suggestion n is the n-th of the list; results, failed ones included, change nothing. */
export const listSampler: Sampler<typeof listOptionsSchema, z.output<typeof stateSchema>> = {
  name: 'list',
  version: 1,
  summary: 'Tries configurations that you name, in order.',
  optionsSchema: listOptionsSchema,
  pinned: null,
  stateSchema,
  learns: 'nothing',
  skipsGiven: true,
  cost: 'instant',
  mostMetrics,
  check: listViolations,
  defaultParallelism: () => 16,
  size: (_problem, { points }) => points.length,
  scale: (options, budget) => ({ options, budget }),
  describe: () => 'listed configurations',
  init: () => ({ version: 1 }),
  observe: (_problem, _options, state) => state,
  suggest({ space }, { points }, _state, { firstIndex, count }) {
    const asked = points.slice(firstIndex, firstIndex + count);
    if (asked.length === 0) return { kind: 'exhausted', reason: `all ${points.length} listed configurations are tried` };
    return {
      kind: 'suggestions',
      suggestions: asked.map((point, index) => ({
        parameters: canonicalPoint(space, point),
        origin: { sampler: 'list', point: firstIndex + index },
      })),
    };
  },
  generation: () => null,
  population: () => [],
};
