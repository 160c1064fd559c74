import { z } from 'zod';
import { KeptRuns } from '../support/kept-runs.ts';
import { problemClasses } from './problems/problem.ts';

/** Numbers of trials after which a search is judged, and its last one. */
export const milestones = [20, 70, 300] as const;

const runSchema = z.strictObject({
  /** What searched: the name in the tables, and all that decides its suggestions. */
  competitor: z.string(),
  identity: z.string(),
  problem: z.string(),
  class: z.enum(problemClasses),
  seed: z.number(),
  trials: z.number(),
  parallelism: z.number(),
  /** log10 of the regret after so many trials, by that number. */
  at: z.record(z.string(), z.number()),
  /** Mean time of a trial, the suggestion and the problem together. */
  ms: z.number(),
});

/** One search of a competitor on a problem. */
export type Run = z.output<typeof runSchema>;

/** What tells one run from another. */
export type RunKey = Pick<Run, 'identity' | 'problem' | 'seed' | 'trials' | 'parallelism'>;

/** The searches that were made. */
export type Results = KeptRuns<Run, RunKey>;

/** Opens the searches of a file, or none. @throws Error if the file has something else in it */
export function openResults(file: string | undefined): Results {
  const keyOf = ({ identity, problem, seed, trials, parallelism }: RunKey): string =>
    JSON.stringify([identity, problem, seed, trials, parallelism]);
  return new KeptRuns({ schema: runSchema, keyOf }, file);
}
