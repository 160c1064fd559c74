import type { z } from 'zod';
import { invariant } from '../shared/errors.ts';
import { bindSampler } from './bound-sampler.ts';
import type { NoteScaled, OptionsSchema, Problem, Sampler, SearchBudget } from './contract.ts';

/** A row of a table: a sampler, callable with the options of any sampler. */
export function row<Schema extends OptionsSchema, State>(sampler: Sampler<Schema, State>) {
  type Options = z.output<Schema>;
  type AnyOptions = { readonly type: string };
  const isOwn = (options: AnyOptions): options is Options => options.type === sampler.name;
  const own = (options: AnyOptions): Options => {
    invariant(isOwn(options), `options of the ${options.type} sampler go to that sampler`);
    return options;
  };
  return {
    ...sampler,
    bind: (problem: Problem, options: AnyOptions) => bindSampler(sampler, problem, own(options)),
    pinnedOptions: (options: AnyOptions, problem: Problem) => sampler.pinned?.(own(options), problem) ?? own(options),
    describeOptions: (options: AnyOptions) => sampler.describe(own(options)),
    scaleOptions: <Budget extends SearchBudget>(options: AnyOptions, budget: Budget, factor: number, note: NoteScaled) =>
      sampler.scale(own(options), budget, factor, note),
  };
}
