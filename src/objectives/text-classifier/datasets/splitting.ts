import { permutation, randomStream } from '../../../shared/random.ts';

/** The texts to cut, the shares and the seed. */
export interface SplittingOptions {
  /** One path for each text, all different. The shuffle starts from the order of the paths, not from the order of reading. */
  readonly paths: readonly string[];
  /** Share of each part, adding up to 1. */
  readonly shares: readonly number[];
  /** Seed of the shuffle: the name of the dataset. It is fixed, so that the split of a dataset never changes. */
  readonly seed: string;
}

/**
 * Shuffles texts and cuts them into parts: sorts the paths by UTF-16 code units, applies a seeded Fisher–Yates shuffle, and
 * cuts at the rounded sums of the shares. Not stratified: with thousands of texts, the class shares agree within a percent.
 *
 * @returns the indices of the texts of each share, in shuffled order
 */
export function shuffleAndCut({ paths, shares, seed }: SplittingOptions): Uint32Array[] {
  const ordered = [...paths.keys()].sort((a, b) => ((paths[a] as string) < (paths[b] as string) ? -1 : 1));
  const shuffled = permutation(randomStream(seed, 'dataset-split'), paths.length).map((place) => ordered[place] as number);
  let share = 0;
  return shares.map((part) => {
    const start = Math.round(share * paths.length);
    share += part;
    return shuffled.slice(start, Math.round(share * paths.length));
  });
}
