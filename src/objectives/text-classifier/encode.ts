import { BEYOND_VOCABULARY, type Split } from './datasets/split.ts';

/** Padding after a row's last token: never read, since the state at the last real token is what is classified. */
export const PADDING_ID = 0;
/** The first token of every row, so that an empty text has one token too. */
export const START_ID = 1;
/** The one token that stands for every word outside the vocabulary. */
export const UNKNOWN_ID = 2;
/** The identifier of the most frequent word; the word of rank r has `FIRST_WORD_ID + r`. */
export const FIRST_WORD_ID = 3;

/** One batch as the network reads it. */
export interface EncodedBatch {
  /** Token identifiers, time-major: `[time, batch]`, the token of row b at step t is `ids[t * batch + b]`. */
  readonly ids: Int32Array;
  /** Steps of the longest row. */
  readonly time: number;
  /** Rows. */
  readonly batch: number;
  /** Real tokens of each row, 1 … `time`, the start token included. `[batch]` */
  readonly lengths: Int32Array;
}

/** What is encoded, and how far it is read. */
export interface EncodeOptions {
  readonly split: Split;
  /** Indices of the rows, in the order they take in the batch. */
  readonly rows: Uint32Array;
  /** First tokens of a text that are read, the start token included. At least 1. */
  readonly maxLength: number;
  /** Identifiers in use, the three special ones included, as `num_words` of tf.keras' IMDB data set counts. */
  readonly vocabularySize: number;
}

/**
 * Tokens of each row as the network sees them: the start token and the words after it, at most `maxLength`, at least 1.
 *
 * @returns one count for each row of the split
 */
export function tokenCounts(split: Split, maxLength: number): Uint32Array {
  return Uint32Array.from({ length: split.size }, (_, row) => rowLength(split, row, maxLength));
}

/**
 * Encodes some rows of a split, left-aligned and padded to the longest of them.
 *
 * Rank r becomes identifier r + 3 where that is below `vocabularySize`, and otherwise the unknown token.
 */
export function encodeBatch({ split, rows, maxLength, vocabularySize }: EncodeOptions): EncodedBatch {
  const batch = rows.length;
  const lengths = Int32Array.from(rows, (row) => rowLength(split, row, maxLength));
  const time = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  const ids = new Int32Array(time * batch).fill(PADDING_ID);
  const ranksKept = Math.min(vocabularySize - FIRST_WORD_ID, BEYOND_VOCABULARY);
  rows.forEach((row, column) => {
    const first = split.offsets[row] as number;
    const length = lengths[column] as number;
    ids[column] = START_ID;
    for (let step = 1; step < length; step += 1) {
      const rank = split.tokens[first + step - 1] as number;
      ids[step * batch + column] = rank < ranksKept ? rank + FIRST_WORD_ID : UNKNOWN_ID;
    }
  });
  return { ids, time, batch, lengths };
}

function rowLength(split: Split, row: number, maxLength: number): number {
  const words = (split.offsets[row + 1] as number) - (split.offsets[row] as number);
  return Math.max(1, Math.min(words + 1, maxLength));
}
