import { z } from 'zod';
import { mostMetrics, type Problem, type Sampler, type Suggestion, type SuggestionRequest } from '../contract.ts';
import { shrunk } from '../shrink.ts';
import { suggestionFor as suggestByTpe } from '../tpe/sampler.ts';
import { defaultSettings as tpeSettings } from '../tpe/settings.ts';
import { designed } from './design.ts';
import { configurationAt, geometryOf } from './dimensions.ts';
import { gpOptionsSchema } from './options.ts';
import { type GpSettings, gpSettings } from './settings.ts';
import { promisingPoint } from './suggestion.ts';

const stateSchema = z.strictObject({ version: z.literal(1) });

/** Each further open trial is one result less to learn from. */
const parallelism = 4;
/** Fewer trials than this give a model nothing to fit. */
const leastStartup = 4;

/**
 * Bayesian optimisation with Gaussian processes. The objective is modelled by two processes with a Matérn 5/2 kernel, one of the values and one of their half-ranks
 * (`outputs.ts`); the next trial has the largest expected improvement, on average over both. Each numeric axis has a warp that is fitted with
 * the other hyperparameters (Snoek, Swersky, Zemel and Adams, "Input Warping for Bayesian Optimization of Non-Stationary Functions", ICML 2014, with
 * another form), so that a learning rate on a linear scale is found as if it had been logarithmic. Every second suggestion is
 * the best one in a box around the best point (`trust-region.ts`); from 70 values on, half of these are
 * made by a model of the nearest trials alone, in their box (`local-model.ts`). With several metrics each has a process of its own, and the next trial
 * is expected to add the most to the hypervolume of the front (`trade-off-model.ts`).
 *
 * Nothing is kept between suggestions: the model is fitted anew for each, so that a suggestion depends on seed, index and the visible results,
 * ordered by number, and not on when they arrived. `evidence.ts` has the handling of failed trials, `ensemble.ts` that of pending ones. A search that has become long, or has
 * very many parameters, goes on with TPE (`settings.ts`).
 */
export const gpSampler: Sampler<typeof gpOptionsSchema, z.output<typeof stateSchema>> = {
  name: 'gp',
  version: 3,
  summary: 'Models the objective with Gaussian processes; needs the fewest trials, and up to half a second for a suggestion.',
  optionsSchema: gpOptionsSchema,
  pinned: null,
  stateSchema,
  learns: 'history',
  skipsGiven: false,
  cost: 'slow',
  mostMetrics,
  check: () => [],
  defaultParallelism: () => parallelism,
  size: () => null,
  scale: (options, budget, factor, note) => {
    const full = options.startupTrials;
    return {
      options: { ...options, startupTrials: note('start-up trials', full, Math.min(full, shrunk(full, factor, leastStartup))) },
      budget,
    };
  },
  describe: () => 'Bayesian optimisation (Gaussian processes)',
  init: () => ({ version: 1 }),
  observe: (_problem, _options, state) => state,
  suggest: (problem, options, _state, request) => ({
    kind: 'suggestions',
    suggestions: [suggestionFor(problem, options.startupTrials, gpSettings, request)],
  }),
  generation: () => null,
  population: () => [],
};

/** The suggestion that follows from some settings. */
export function suggestionFor(problem: Problem, startupTrials: number, settings: GpSettings, request: SuggestionRequest): Suggestion {
  const seen = request.history.length + request.pending.length;
  if (seen < startupTrials) return { parameters: designed(problem, request), origin: { sampler: 'gp', phase: 'startup' } };
  const geometry = geometryOf(problem.space);
  if (seen > settings.mostTrials || geometry.dimensions.length > settings.mostDimensions) {
    const { parameters, origin } = suggestByTpe(problem, tpeSettings, request);
    return { parameters, origin: { ...origin, sampler: 'gp', phase: 'tpe' } };
  }
  const found = promisingPoint(problem, settings, request);
  if (!found) return { parameters: designed(problem, request), origin: { sampler: 'gp', phase: 'startup' } };
  const acquisition = Number.isFinite(found.score) ? found.score : null;
  return { parameters: configurationAt(geometry, found.point), origin: { sampler: 'gp', phase: found.phase, acquisition } };
}
