import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import type { z } from 'zod';

/** The runs of one benchmark: their schema, and the text that tells one run from another. */
export interface RunKind<Run, Key> {
  readonly schema: z.ZodType<Run>;
  /** All that decides the result of a run. */
  readonly keyOf: (run: Key) => string;
}

/**
 * Finished runs of a benchmark. With a file, they survive the process, and a repeated call makes only the missing ones: the file has a line of
 * JSON for each run. Processes that make different runs may append to one file at the same time.
 */
export class KeptRuns<Run extends Key, Key> {
  readonly #runs = new Map<string, Run>();
  readonly #kind: RunKind<Run, Key>;
  readonly #file: string | undefined;

  /** @throws Error if the file has something else in it */
  constructor(kind: RunKind<Run, Key>, file: string | undefined) {
    this.#kind = kind;
    this.#file = file;
    if (file !== undefined && existsSync(file)) this.#read(file);
  }

  find(key: Key): Run | undefined {
    return this.#runs.get(this.#kind.keyOf(key));
  }

  add(run: Run): Run {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(run)}\n`);
    this.#runs.set(this.#kind.keyOf(run), run);
    return run;
  }

  #read(file: string): void {
    const text = readFileSync(file, 'utf8');
    const lines = text.split('\n');
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      // Each run ends with a line end: a line without one was cut off by a full disk or a power cut. It is removed, and its run is made again.
      if (index === lines.length - 1 && index > 0) {
        truncateSync(file, Buffer.byteLength(text) - Buffer.byteLength(line));
        return;
      }
      const run = this.#kind.schema.safeParse(parsed(line)).data;
      if (run === undefined) throw new Error(`line ${index + 1} of ${file} is no run of this bench`);
      this.#runs.set(this.#kind.keyOf(run), run);
    }
  }
}

/** The value of a line of JSON; undefined if it is none. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
