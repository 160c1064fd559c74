/** The token of a word that the stored vocabulary does not hold. */
export const BEYOND_VOCABULARY = 65_535;

/** Labelled, tokenised texts. Rows lie in shuffled order, so that the first n are a fair sample. */
export interface Split {
  /** Rows. */
  readonly size: number;
  /** 1 for the positive class (a favourable review, spam), else 0. `[size]` */
  readonly labels: Uint8Array;
  /** Where each row's tokens begin: row r is `tokens[offsets[r]] … tokens[offsets[r + 1] - 1]`. `[size + 1]` */
  readonly offsets: Uint32Array;
  /** Frequency ranks of words in the training split, 0 = the most frequent; 65535 = beyond the stored vocabulary. */
  readonly tokens: Uint16Array;
}

/** The names of the splits, in the order they are cut. */
export const SPLIT_NAMES = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];

/**
 * The first `size` rows of a split, without copying. A size beyond the split gives all of it.
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

/** How many rows the training and validation splits have. */
export interface SplitSizes {
  readonly train: number;
  readonly validation: number;
}

/**
 * Rows of the validation split that go with `trainSize` training rows: the same share of each, rounded, at least 1 and
 * never more than there are.
 */
export function validationSizeFor({ train, validation }: SplitSizes, trainSize: number): number {
  return Math.min(validation, Math.max(1, Math.round((validation * trainSize) / train)));
}
