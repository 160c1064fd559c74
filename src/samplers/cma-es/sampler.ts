import { invariant } from '../../shared/errors.ts';
import type { Problem, Sampler, Suggestion, SuggestionRequest } from '../contract.ts';
import { shrunk } from '../shrink.ts';
import { describeCmaEs } from './describe.ts';
import { configurationAt, geometryOf } from './dimensions.ts';
import { rootsOf } from './gaussian.ts';
import { closedGeneration, firstState } from './generation.ts';
import { cmaEsOptionsSchema, populationOf, withPopulation } from './options.ts';
import { drawnPoint, shownPoint } from './sampling.ts';
import { type CmaEsState, cmaEsStateSchema, unpacked } from './state.ts';

/** The default population of the largest space. */
const largestDefaultPopulation = 16;
/** With fewer generations there is nothing to adapt to. */
const leastGenerations = 2;

/**
 * CMA-ES (Hansen, "The CMA Evolution Strategy: A Tutorial", 2016), with active covariance matrix adaptation. A generation is drawn from a
 * normal distribution over the unit cube of the numeric parameters; its best trials move the mean, and adapt the step size and the covariance.
 *
 * | here                                     | in the literature                                                                             |
 * | ---------------------------------------- | --------------------------------------------------------------------------------------------- |
 * | `population`                             | λ; default 4 + ⌊3 ln n⌋, n being the number of parameters, choices included                    |
 * | `sigma`, mean of the first generation    | σ⁽⁰⁾, in units of the cube; m⁽⁰⁾, the middle of the cube                                       |
 * | `gaussian.ts`, `strategy.ts`             | the updates of m, σ, C, p_σ, p_c; their weights and rates                                     |
 * | `margin.ts`                              | whole numbers and steps: CMA-ES with Margin (Hamano et al., 2022)                             |
 * | `categorical.ts`                         | choices: the categorical part of CatCMA with its margin (Hamano et al., 2024). Its normal part |
 * |                                          | has no negative weights; here it has, as in CatCMA with Margin (Hamano et al., 2025)          |
 * | `learningRateAdaptation`                 | LRA-CMA-ES (Nomura, Akimoto and Ono, 2023)                                                    |
 * | `restarts`                               | IPOP-CMA-ES (Auger and Hansen, 2005); `restart.ts` has the criteria and the starts            |
 * | `injection.ts`, `warm-start.ts`          | given trials: Hansen, 2011; Nomura, Watanabe, Akimoto, Ozaki and Onishi, 2021                 |
 *
 * Bounds: where a continuous parameter would lie outside of its range, the numbers of the trial are drawn again, up to 20 times; then it is
 * set to its bound.
 *
 * Conditions: every parameter has a coordinate in every trial, and a configuration shows those that exist in it. A hidden coordinate had no
 * effect on the result, but takes part in the update as if it had: that adds noise to its distribution, and no bias.
 *
 * Trials without a value (failed, or not finite) rank last, ties go to the lower trial number. A generation in which all fail leaves the
 * distribution as it was. A trial that a client gave takes part in the ranking of the generation that it was observed with, at most as many
 * as that has trials of its own, the best of them; those without a value are left out. Known results from before the first generation are
 * observed with it, and then start the search anew. Trials that were stopped early rank between the completed ones and those without a value; their values,
 * which are of fewer steps, neither start a search nor say that one has converged.
 *
 * A suggestion depends on (seed, generation, slot) and the state alone.
 */
export const cmaEsSampler: Sampler<typeof cmaEsOptionsSchema, CmaEsState> = {
  name: 'cma-es',
  version: 1,
  summary: 'Adapts a normal distribution to the best trials of each generation; for numbers that depend on each other.',
  optionsSchema: cmaEsOptionsSchema,
  pinned: withPopulation,
  stateSchema: cmaEsStateSchema,
  learns: 'generations',
  skipsGiven: false,
  cost: 'instant',
  check: () => [],
  defaultParallelism: ({ population }) => population ?? largestDefaultPopulation,
  // Restarts, which results decide on, change the size of a generation.
  size: ({ space }, options, { generations }) =>
    generations === undefined || options.restarts ? null : generations * populationOf(options, space),
  scale: (options, budget, factor, note) => {
    const { generations } = budget;
    if (generations === undefined) return { options, budget };
    return { options, budget: { ...budget, generations: note('generations', generations, shrunk(generations, factor, leastGenerations)) } };
  },
  describe: describeCmaEs,
  init: firstState,
  observe: closedGeneration,
  suggest(problem, _options, state, request) {
    const firstSlot = request.firstIndex - state.firstTrial;
    const slots = Math.min(request.count, state.population - firstSlot);
    invariant(firstSlot >= 0, `suggestion ${request.firstIndex} belongs to a closed generation`);
    if (slots <= 0) return { kind: 'waiting' };
    return { kind: 'suggestions', suggestions: drawn(problem, state, { firstSlot, slots }, request.stream) };
  },
  generation: (_options, { generation, firstTrial, population }) => ({ index: generation, firstIndex: firstTrial, size: population }),
  population: ({ members }) => members.map((member) => ({ ...member, elite: false })),
};

function drawn(
  { space }: Problem,
  state: CmaEsState,
  { firstSlot, slots }: { readonly firstSlot: number; readonly slots: number },
  stream: SuggestionRequest['stream'],
): Suggestion[] {
  const geometry = geometryOf(space);
  const distribution = unpacked(geometry, state.distribution);
  const { root } = rootsOf(distribution.gaussian);
  return Array.from({ length: slots }, (_, index) => {
    const slot = firstSlot + index;
    const point = drawnPoint(geometry, distribution, root, stream('cma-es', state.generation, slot));
    const { coordinates, choices } = point;
    return {
      parameters: configurationAt(geometry, shownPoint(distribution, point)),
      origin: { sampler: 'cma-es', generation: state.generation, slot, coordinates: [...coordinates], choices: [...choices] },
    };
  });
}
