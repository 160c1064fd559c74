import { z } from 'zod';
import type { Fault } from '../shared/errors.ts';
import type { Generation, Member, Observation, Problem, Proposal, Sampler, SuggestionRequest } from './contract.ts';
import { geneticOptionsSchema } from './genetic/options.ts';
import { geneticSampler } from './genetic/sampler.ts';
import { gridOptionsSchema, gridSampler } from './grid.ts';
import { listOptionsSchema, listSampler } from './list.ts';
import { randomOptionsSchema, randomSampler } from './random.ts';
import { tpeOptionsSchema } from './tpe/options.ts';
import { tpeSampler } from './tpe/sampler.ts';

/** Every sampler, by the name a study calls it. A new one is a row here, a case below and a line in the conformance test. */
export const samplers = { random: randomSampler, grid: gridSampler, genetic: geneticSampler, list: listSampler, tpe: tpeSampler } as const;

/** The options of any sampler. */
export const samplerOptionsSchema = z
  .discriminatedUnion('type', [randomOptionsSchema, gridOptionsSchema, geneticOptionsSchema, listOptionsSchema, tpeOptionsSchema])
  .meta({ id: 'SamplerOptions', description: 'How to search.' });
export type SamplerOptions = z.output<typeof samplerOptionsSchema>;

/** A sampler with its problem and options filled in (see `Sampler`); its state is opaque JSON, checked whenever it is read. */
export interface BoundSampler {
  readonly name: string;
  readonly version: number;
  readonly sees: 'generations' | 'window' | 'none';
  check(): readonly Fault[];
  defaultParallelism(): number;
  init(): unknown;
  observe(state: unknown, observations: readonly Observation[]): unknown;
  suggest(state: unknown, request: SuggestionRequest): Proposal;
  generation(state: unknown): Generation | null;
  population(state: unknown): readonly Member[];
}

/** Binds the sampler that the options name to a problem. */
export function samplerFor(problem: Problem, options: SamplerOptions): BoundSampler {
  switch (options.type) {
    case 'random':
      return bind(samplers.random, problem, options);
    case 'grid':
      return bind(samplers.grid, problem, options);
    case 'genetic':
      return bind(samplers.genetic, problem, options);
    case 'tpe':
      return bind(samplers.tpe, problem, options);
    case 'list':
      return bind(samplers.list, problem, options);
  }
}

function bind<Options, State>(sampler: Sampler<Options, State>, problem: Problem, options: Options): BoundSampler {
  const read = (state: unknown): State => sampler.stateSchema.parse(state);
  return {
    name: sampler.name,
    version: sampler.version,
    sees: sampler.sees,
    check: () => sampler.check(problem, options),
    defaultParallelism: () => sampler.defaultParallelism(options),
    init: () => sampler.init(problem, options),
    observe: (state, observations) => sampler.observe(problem, options, read(state), observations),
    suggest: (state, request) => sampler.suggest(problem, options, read(state), request),
    generation: (state) => sampler.generation(options, read(state)),
    population: (state) => sampler.population(read(state)),
  };
}
