import { appendFileSync } from 'node:fs';

/** Something that was not as it has to be. */
export interface Difference {
  /** Which world, study or process. */
  readonly where: string;
  /** For people: what was expected, what was found. */
  readonly what: string;
  /** A file or folder that says more. */
  readonly see: string;
}

/** What a run writes down while it goes on. */
export interface Journal {
  /** A line of `journal.log`, with the time since the start. */
  note(text: string): void;
  /** A difference; the same one counts once. */
  differ(difference: Difference): void;
  readonly differences: readonly Difference[];
  /** Seconds since the start. */
  seconds(): number;
}

/** @param file where the notes go */
export function openJournal(file: string): Journal {
  const startedAt = performance.now();
  const differences = new Map<string, Difference>();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  const note = (text: string): void => appendFileSync(file, `${seconds().toFixed(2).padStart(8)}  ${text}\n`);
  return {
    note,
    differ: (difference) => {
      const key = `${difference.where}: ${difference.what}`;
      if (differences.has(key)) return;
      differences.set(key, difference);
      note(`DIFFERENCE ${key}`);
    },
    get differences() {
      return [...differences.values()];
    },
    seconds,
  };
}
