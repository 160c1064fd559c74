import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
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

/** Runs that were made; with a file, they survive the process, and a repeated call makes only the missing ones. */
export class Results {
  readonly #runs = new Map<string, Run>();
  readonly #file: string | undefined;

  /** @throws Error if the file has something else in it */
  constructor(file: string | undefined) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
      if (line === '') continue;
      const run = parsed(line);
      if (!run) throw new Error(`line ${index + 1} of ${file} is no run of this bench`);
      this.#runs.set(textOf(run), run);
    }
  }

  find(key: RunKey): Run | undefined {
    return this.#runs.get(textOf(key));
  }

  add(run: Run): Run {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(run)}\n`);
    this.#runs.set(textOf(run), run);
    return run;
  }
}

function parsed(line: string): Run | undefined {
  try {
    return runSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function textOf({ identity, problem, seed, trials, parallelism }: RunKey): string {
  return JSON.stringify([identity, problem, seed, trials, parallelism]);
}
