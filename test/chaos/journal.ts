import { appendFileSync } from 'node:fs';

/** A deviation from the expected result. */
export interface Difference {
  /** World, study or process. */
  readonly where: string;
  /** Description for people: the expected and the actual result. */
  readonly what: string;
  /** File or folder with more details. */
  readonly see: string;
}

/** Record of a run in progress. */
export interface Journal {
  /** Writes a line to `journal.log`, with the time since the start. */
  note(text: string): void;
  /** Records a difference. The same one counts once. */
  differ(difference: Difference): void;
  readonly differences: readonly Difference[];
  /** Seconds since the start. */
  seconds(): number;
}

/** Opens a journal. @param file path of the notes */
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
