import type { z } from 'zod';
import type { CrossViolation } from '../shared/errors.ts';
import type { Configuration } from '../space/configuration.ts';
import { checkedStates } from './checked-states.ts';
import type {
  Generation,
  Member,
  OptionsSchema,
  Problem,
  Proposal,
  RungEffort,
  Sampler,
  SamplerCost,
  SearchBudget,
  SuggestionRequest,
} from './contract.ts';
import type { Observation } from './observation.ts';

/** A sampler with its problem and options filled in (see `Sampler`). Its state is opaque JSON, checked when it is read first. */
export interface BoundSampler {
  readonly name: string;
  readonly version: number;
  readonly learns: 'nothing' | 'history' | 'generations';
  /** True if `history` and `pending` of a request matter. */
  readonly readsHistory: boolean;
  readonly skipsGiven: boolean;
  readonly cost: SamplerCost;
  /** 1 if it searches one metric only. */
  readonly mostMetrics: number;
  readonly hasRungs: boolean;
  readonly changesValues: boolean;
  /** null: only the objective knows. */
  stepsOf(parameters: Configuration): number | null;
  /** null: each trial is a configuration of the space. */
  effort(trials: number): RungEffort | null;
  looksAt(history: number): number;
  check(): readonly CrossViolation[];
  defaultParallelism(): number;
  size(budget: SearchBudget): number | null;
  init(): unknown;
  /** @throws ZodError if the state is not the sampler's; see `Sampler.observe` for others */
  observe(state: unknown, observations: readonly Observation[]): unknown;
  /** @throws ZodError if the state is not the sampler's; see `Sampler.suggest` for others */
  suggest(state: unknown, request: SuggestionRequest): Proposal;
  /** @throws ZodError if the state is not the sampler's */
  generation(state: unknown): Generation | null;
  /** @throws ZodError if the state is not the sampler's */
  population(state: unknown): readonly Member[];
}

/** Fills in problem and options. */
export function bindSampler<Schema extends OptionsSchema, State>(
  sampler: Sampler<Schema, State>,
  problem: Problem,
  options: z.output<Schema>,
): BoundSampler {
  const { read, made } = checkedStates(sampler.stateSchema);
  return {
    name: sampler.name,
    version: sampler.version,
    learns: sampler.learns,
    readsHistory: sampler.learns === 'history' || sampler.readsHistory === true,
    skipsGiven: sampler.skipsGiven,
    cost: sampler.costOf?.(options) ?? sampler.cost,
    mostMetrics: sampler.mostMetrics ?? 1,
    hasRungs: sampler.hasRungs?.(options) ?? false,
    changesValues: sampler.changesValues === true,
    stepsOf: (parameters) => sampler.stepsOf?.(problem, options, parameters) ?? null,
    effort: (trials) => sampler.effort?.(problem, options, trials) ?? null,
    looksAt: (history) => sampler.looksAt?.(options, history) ?? history,
    check: () => sampler.check(problem, options),
    defaultParallelism: () => sampler.defaultParallelism(options),
    size: (budget) => sampler.size(problem, options, budget),
    init: () => made(sampler.init(problem, options)),
    observe: (state, observations) => made(sampler.observe(problem, options, read(state), observations)),
    suggest: (state, request) => sampler.suggest(problem, options, read(state), request),
    generation: (state) => sampler.generation(options, read(state)),
    population: (state) => sampler.population(read(state)),
  };
}
