import { z } from 'zod';
import { configurationFrom } from '../../space/configuration.ts';
import { decodeUnit } from '../../space/unit-cube.ts';
import { mostMetrics, type Problem, type Sampler, type Suggestion, type SuggestionRequest } from '../contract.ts';
import { directionsOf } from '../several-metrics.ts';
import { geometryOf } from './geometry.ts';
import { chooseByModel } from './model.ts';
import { tpeOptionsSchema } from './options.ts';
import { gatherEvidence } from './past.ts';
import { scaledOptions } from './scale.ts';
import { spaceOnTurn } from './scales.ts';
import { firstSettingsOf, pinnedOptions, settingsOf, type TpeSettings } from './settings.ts';

const stateSchema = z.strictObject({ version: z.literal(1) });

/** Each further open trial is one result less to learn from: four cost little and keep a small machine busy. */
const parallelism = 4;

/**
 * The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl, "Algorithms for Hyper-Parameter
 * Optimization", NIPS 2011, section 4). Trials are split into good and bad ones; a kernel density of each, l(x) and
 * g(x), says where they are; the next trial is, among candidates drawn from l, the one with the largest l(x) / g(x).
 *
 * Trials without a value (failed, or not finite) and pending ones are bad (see `gatherEvidence`); ties go to the lower
 * trial number. With several metrics the good trials are those of the best fronts, and of the last one that counts those that add the most hypervolume (`front-ranking.ts`),
 * as in MOTPE (Ozaki, Tanigaki, Watanabe and Onishi, "Multiobjective Tree-Structured Parzen Estimator for Computationally Expensive Optimization Problems", GECCO 2020), but their weights follow their ranks. Without anything to look at, as in the first trials, a suggestion is drawn uniformly.
 *
 * Every second suggestion looks at wide linear ranges of floats on a logarithmic axis, those of the first trials too (`scales.ts`).
 *
 * With parallelism 1 every suggestion sees all results and slots idle meanwhile; the default, 4, trades a little of
 * that for speed.
 */
export const tpeSampler: Sampler<typeof tpeOptionsSchema, z.output<typeof stateSchema>> = {
  name: 'tpe',
  version: 3,
  summary: 'Learns from finished trials where good ones are likely; suited to expensive trials, of up to four metrics.',
  optionsSchema: tpeOptionsSchema,
  pinned: pinnedOptions,
  stateSchema,
  learns: 'history',
  skipsGiven: false,
  cost: 'instant',
  mostMetrics,
  looksAt: (options, history) => looksAt(settingsOf(options), history),
  check: () => [],
  defaultParallelism: () => parallelism,
  size: () => null,
  scale: (options, budget, factor, note) => ({ options: scaledOptions(options, budget.trials, factor, note), budget }),
  describe: () => 'Bayesian optimisation (TPE)',
  init: () => ({ version: 1 }),
  observe: (_problem, _options, state) => state,
  suggest: (problem, options, _state, request) => ({
    kind: 'suggestions',
    suggestions: [suggestionFor(problem, settingsOf(options), request)],
  }),
  generation: () => null,
  population: () => [],
};

/** Version 1: the densities are made of all trials, however many there are. */
export const firstTpeSampler: typeof tpeSampler = {
  ...tpeSampler,
  version: 1,
  looksAt: (options, history) => looksAt(firstSettingsOf(options), history),
  suggest: (problem, options, _state, request) => ({
    kind: 'suggestions',
    suggestions: [suggestionFor(problem, firstSettingsOf(options), request)],
  }),
};

/** Number of finished trials that the densities are made of. */
function looksAt({ goodCount, mostBad = Number.POSITIVE_INFINITY }: TpeSettings, history: number): number {
  const good = Math.min(goodCount(history), history);
  return good + Math.min(history - good, mostBad);
}

/** The suggestion that follows from some settings. */
export function suggestionFor(declared: Problem, settings: TpeSettings, request: SuggestionRequest): Suggestion {
  const { history, pending, firstIndex, stream } = request;
  const problem = settings.guessesScales ? { ...declared, space: spaceOnTurn(declared.space, firstIndex) } : declared;
  const seen = history.length + pending.length;
  if (seen === 0 || seen < settings.startupTrials) return startup(problem, request);
  const geometry = geometryOf(problem.space);
  const evidence = gatherEvidence(directionsOf(problem), geometry, request);
  const choice = chooseByModel(geometry, evidence, settings, (group) => stream('tpe-candidates', firstIndex, group));
  const good = Math.min(settings.goodCount(seen), seen);
  return {
    parameters: choice.parameters,
    origin: { sampler: 'tpe', phase: 'model', good, bad: seen - good, acquisition: choice.acquisition },
  };
}

function startup({ space }: Problem, { firstIndex, stream }: SuggestionRequest): Suggestion {
  const draws = stream('tpe-startup', firstIndex);
  return {
    parameters: configurationFrom(space, (parameter) => decodeUnit(parameter, draws.uniform())),
    origin: { sampler: 'tpe', phase: 'startup' },
  };
}
