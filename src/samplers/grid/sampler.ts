import { z } from 'zod';
import { mostMetrics, type Sampler } from '../contract.ts';
import { gridAxes } from './axes.ts';
import { gridOptionsSchema } from './options.ts';
import { countPoints, pointAt } from './points.ts';
import { countableSize, gridViolations } from './violations.ts';

const stateSchema = z.strictObject({ version: z.literal(1) });

/**
 * Grid search. Suggestion n is the n-th point, so that every point is tried exactly once across any crash. Values of a
 * parameter whose condition does not hold are not multiplied. Results, failed ones included, change nothing.
 */
export const gridSampler: Sampler<typeof gridOptionsSchema, z.output<typeof stateSchema>> = {
  name: 'grid',
  version: 1,
  summary: 'Tries every combination of given values exactly once.',
  optionsSchema: gridOptionsSchema,
  pinned: null,
  stateSchema,
  learns: 'nothing',
  skipsGiven: true,
  cost: 'instant',
  mostMetrics,
  check: gridViolations,
  defaultParallelism: () => 16,
  size: countableSize,
  scale: (options, budget) => ({ options, budget }),
  describe: () => 'grid search',
  init: () => ({ version: 1 }),
  observe: (_problem, _options, state) => state,
  suggest(problem, options, _state, request) {
    const axes = gridAxes(problem, options);
    const total = countPoints(problem.space, axes);
    const last = Math.min(request.firstIndex + request.count, total);
    if (request.firstIndex >= last) return { kind: 'exhausted', reason: `all ${total} points of the grid are tried` };
    const indices = Array.from({ length: last - request.firstIndex }, (_, place) => request.firstIndex + place);
    return {
      kind: 'suggestions',
      suggestions: indices.map((index) => ({
        parameters: pointAt(problem.space, axes, index),
        origin: { sampler: 'grid', point: index },
      })),
    };
  },
  generation: () => null,
  population: () => [],
};
