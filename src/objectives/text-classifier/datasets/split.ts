/** The token of a word outside the stored vocabulary. */
export const beyondVocabulary = 65_535;

/** Labelled, tokenised texts. Rows are in shuffled order, so that the first n are a fair sample. */
export interface Split {
  /** Rows. */
  readonly size: number;
  /** 1 for the positive class (a favourable review, spam), else 0. `[size]` */
  readonly labels: Uint8Array;
  /** Start of each row's tokens: row r is `tokens[offsets[r]] … tokens[offsets[r + 1] - 1]`. `[size + 1]` */
  readonly offsets: Uint32Array;
  /** Frequency ranks of words in the training split: 0 is the most frequent, 65535 is outside the stored vocabulary. */
  readonly tokens: Uint16Array;
}

/** The names of the splits, in the order in which they are cut. */
export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/**
 * Returns the first `size` rows of a split without copying, or the whole split if it is not larger.
 *
 * @throws RangeError when `size` is not a whole number of at least 1
 */
export function shrink(split: Split, size: number): Split {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`a split keeps a whole number of rows, at least 1, got ${size}`);
  const kept = Math.min(size, split.size);
  return {
    size: kept,
    labels: split.labels.subarray(0, kept),
    offsets: split.offsets.subarray(0, kept + 1),
    tokens: split.tokens.subarray(0, split.offsets[kept]),
  };
}

/** Numbers of rows of the training and validation splits. */
export interface SplitSizes {
  readonly train: number;
  readonly validation: number;
}

/**
 * Computes the number of validation rows for `trainSize` training rows: the same share of each split, rounded, at least 1
 * and at most all of them.
 */
export function validationSizeFor({ train, validation }: SplitSizes, trainSize: number): number {
  return Math.min(validation, Math.max(1, Math.round((validation * trainSize) / train)));
}
