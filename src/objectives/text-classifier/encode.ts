import { beyondVocabulary, type Split } from './datasets/split.ts';

/** Padding after a row's last token. It never affects a result, because the state after the last real token is classified. */
export const paddingId = 0;
/** The first token of every row, so that an empty text also has a token. */
export const startId = 1;
/** The token of every word outside the vocabulary. */
export const unknownId = 2;
/** The identifier of the most frequent word. The word of rank r has `firstWordId + r`. */
export const firstWordId = 3;

/** One batch as input of the network. */
export interface EncodedBatch {
  /** Token identifiers, time-major, `[time, batch]`: the token of row b at step t is `ids[t * batch + b]`. */
  readonly ids: Int32Array;
  /** Steps of the longest row. */
  readonly time: number;
  /** Rows. */
  readonly batch: number;
  /** Real tokens of each row, 1 … `time`, the start token included. `[batch]` */
  readonly lengths: Int32Array;
}

/** The rows to encode and the limits of their encoding. */
export interface EncodeOptions {
  readonly split: Split;
  /** Indices of the rows, in the order of the batch. */
  readonly rows: Uint32Array;
  /** Number of leading tokens of a text that are read, the start token included. At least 1. */
  readonly maxLength: number;
  /** Number of identifiers, the three special ones included, as `num_words` of tf.keras' IMDB dataset counts them. */
  readonly vocabularySize: number;
}

/**
 * Counts the tokens of each row as the network sees them: the start token and the words after it, at most `maxLength`, at
 * least 1.
 *
 * @returns one count for each row of the split
 */
export function tokenCounts(split: Split, maxLength: number): Uint32Array {
  return Uint32Array.from({ length: split.size }, (_, row) => rowLength(split, row, maxLength));
}

/**
 * Encodes some rows of a split, left-aligned and padded to the longest of them.
 *
 * Rank r becomes identifier r + 3 if that is below `vocabularySize`, or else the unknown token.
 */
export function encodeBatch({ split, rows, maxLength, vocabularySize }: EncodeOptions): EncodedBatch {
  const batch = rows.length;
  const lengths = Int32Array.from(rows, (row) => rowLength(split, row, maxLength));
  const time = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  const ids = new Int32Array(time * batch).fill(paddingId);
  const ranksKept = Math.min(vocabularySize - firstWordId, beyondVocabulary);
  rows.forEach((row, column) => {
    const first = split.offsets[row] as number;
    const length = lengths[column] as number;
    ids[column] = startId;
    for (let step = 1; step < length; step += 1) {
      const rank = split.tokens[first + step - 1] as number;
      ids[step * batch + column] = rank < ranksKept ? rank + firstWordId : unknownId;
    }
  });
  return { ids, time, batch, lengths };
}

function rowLength(split: Split, row: number, maxLength: number): number {
  const words = (split.offsets[row + 1] as number) - (split.offsets[row] as number);
  return Math.max(1, Math.min(words + 1, maxLength));
}
