import type { StudyCheckpoint } from '../model/study.ts';
import type { Trial, TrialResult } from '../model/trial.ts';

/** A stored trial with the fields that a replay reads. An open or cancelled one has no result; an export has no index. */
export type ReplayTrial = Omit<TrialResult, 'index'> & Pick<Trial, 'generation' | 'seen'> & { readonly index?: number | null };

/** A stored study checkpoint; one without its population (as an export has it) is compared without. */
export type ReplayCheckpoint = Omit<StudyCheckpoint, 'population'> & Partial<Pick<StudyCheckpoint, 'population'>>;

/**
 * A window of numbered items in ascending order: only those near the current position are in memory. Owns the source that it reads
 * from.
 */
export interface NumberedBuffer<Item> extends AsyncDisposable {
  /** Reads until every item below a number is in memory. */
  readTo(end: number): Promise<void>;
  /** The item with this number, if it is in memory. */
  at(number: number): Item | undefined;
  /** One more than the highest number that was ever in memory. */
  end(): number;
  /** Drops every item below a number. */
  forget(before: number): void;
}

/** Buffers items as they are needed. */
export function numberedBuffer<Item>(items: AsyncIterable<Item> | Iterable<Item>, numberOf: (item: Item) => number): NumberedBuffer<Item> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const known = new Map<number, Item>();
  let end = 0;
  let exhausted = false;
  return {
    readTo: async (wanted) => {
      while (!exhausted && end < wanted) {
        const next = await iterator.next();
        if (next.done) exhausted = true;
        else {
          const number = numberOf(next.value);
          known.set(number, next.value);
          end = number + 1;
        }
      }
    },
    at: (number) => known.get(number),
    end: () => end,
    forget: (before) => {
      // A map keeps the order of insertion: the lowest numbers come first.
      for (const number of known.keys()) {
        if (number >= before) return;
        known.delete(number);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await iterator.return?.();
    },
  };
}
