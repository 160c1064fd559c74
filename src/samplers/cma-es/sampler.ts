import { invariant } from '../../shared/errors.ts';
import type { Problem, Sampler, Suggestion, SuggestionRequest } from '../contract.ts';
import { configurationAt, geometryOf } from './dimensions.ts';
import { rootsOf } from './gaussian.ts';
import { closedGeneration, firstState } from './generation.ts';
import { cmaEsOptionsSchema, withPopulation } from './options.ts';
import { drawnPoint, shownPoint } from './sampling.ts';
import { type CmaEsState, cmaEsStateSchema, unpacked } from './state.ts';

/** The default population of the largest space. */
const largestDefaultPopulation = 16;

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
  size: () => null,
  scale: (options, budget) => ({ options, budget }),
  describe: () => 'CMA-ES',
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
  population: ({ members }) => members.map(({ trial, value }) => ({ trial, value, elite: false })),
};

function drawn(
  { space }: Problem,
  state: CmaEsState,
  { firstSlot, slots }: { readonly firstSlot: number; readonly slots: number },
  stream: SuggestionRequest['stream'],
): Suggestion[] {
  const geometry = geometryOf(space);
  const distribution = unpacked(state.distribution);
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
