import { z } from 'zod';
import { KeptRuns } from '../support/kept-runs.ts';
import { paces } from './problems.ts';

/** Shares of the steps of a search after which it is judged. */
export const stages = [0.25, 0.5, 1] as const;

const runSchema = z.strictObject({
  /** What searched: the name in the tables, and all that decides its trials. */
  method: z.string(),
  identity: z.string(),
  problem: z.string(),
  pace: z.enum(paces),
  seed: z.number(),
  /** Steps of the search. */
  budget: z.number(),
  /** log10 of the regret at each stage. */
  at: z.array(z.number()).length(stages.length),
  trials: z.number(),
  completed: z.number(),
  /** Time of the search. */
  ms: z.number(),
});

/** One search of a method on a problem. */
export type Run = z.output<typeof runSchema>;

/** What tells one run from another. */
export type RunKey = Pick<Run, 'identity' | 'problem' | 'seed' | 'budget'>;

/** The searches that were made. */
export type Results = KeptRuns<Run, RunKey>;

/** Opens the searches of a file, or none. @throws Error if the file has something else in it */
export function openResults(file: string | undefined): Results {
  const keyOf = ({ identity, problem, seed, budget }: RunKey): string => JSON.stringify([identity, problem, seed, budget]);
  return new KeptRuns({ schema: runSchema, keyOf }, file);
}
