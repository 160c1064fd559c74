import { digestOf } from '../../shared/digest.ts';
import type { SegmentedTraining } from './segments.ts';

/** Keys of the segments of a training. */
export interface SegmentKeys {
  /** Of the last segment, and so of the whole training. */
  readonly key: string;
  /** Of the earlier segments, in order, each with its last epoch. */
  readonly earlier: readonly { readonly key: string; readonly epochs: number }[];
}

/**
 * The keys of a training whose values change on the way, as a chain: that of a segment is a digest of the key before it, the epochs until then
 * and the new values. So trainings with the same history share a key; one that had its last values from the start has another.
 *
 * @param first key of the training that keeps the values of the first segment: its epochs are the same, bit for bit
 */
export function segmentKeys(first: string, { hyperparameters, earlier }: SegmentedTraining): SegmentKeys {
  const before: { key: string; epochs: number }[] = [];
  let key = first;
  earlier.forEach(({ epochs }, index) => {
    const { learningRate, dropout } = earlier[index + 1] ?? hyperparameters;
    before.push({ key, epochs });
    key = digestOf({ parent: key, epochs, learningRate, dropout });
  });
  return { key, earlier: before };
}
