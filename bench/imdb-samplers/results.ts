import { z } from 'zod';
import { KeptRuns } from '../support/kept-runs.ts';
import { identityOf, type SamplerName, type Search, samplerNames } from './searches.ts';

/** The schema of a search that has ended. */
export const runSchema = z.strictObject({
  sampler: z.enum(samplerNames as [SamplerName, ...SamplerName[]]), // a table with rows
  seed: z.int().min(1),
  identity: z.string(),
  /** In the order of their numbers. */
  trials: z.array(
    z.strictObject({
      learningRate: z.number(),
      hiddenUnits: z.int(),
      epochs: z.int(),
      maxLength: z.int(),
      /** Validation accuracy after the last epoch; null if the training diverged. */
      accuracy: z.number().nullable(),
    }),
  ),
});

/** A search that has ended. */
export type Run = z.infer<typeof runSchema>;
export type Trial = Run['trials'][number];
export type Results = KeptRuns<Run, Kept>;

/** What tells a kept search from others. */
type Kept = Pick<Run, 'sampler' | 'seed' | 'identity'>;

/** @returns undefined: it is to be made */
export function found(results: Results, search: Search): Run | undefined {
  return results.find({ ...search, identity: identityOf(search) });
}

/** The searches of a file; without one they are kept in memory. @throws Error if the file has something else in it */
export function openResults(file: string | undefined): Results {
  return new KeptRuns<Run, Kept>({ schema: runSchema, keyOf: ({ sampler, seed, identity }) => `${sampler} ${seed} ${identity}` }, file);
}
