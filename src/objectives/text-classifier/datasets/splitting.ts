import { permutation, randomStream } from '../../../shared/random.ts';

/** What is cut, and how. */
export interface SplittingOptions {
  /** One path for each text, all different: the order of the shuffle starts from the paths, not from how they were read. */
  readonly paths: readonly string[];
  /** Share of each part, adding up to 1. */
  readonly shares: readonly number[];
  /** Seed of the shuffle: the name of what is cut. It is fixed, so that a dataset has one split for ever. */
  readonly seed: string;
}

/**
 * Shuffles texts and cuts them into parts: paths in order of their UTF-16 code units, a seeded Fisher-Yates shuffle,
 * cuts at the rounded sums of the shares. Not stratified: with thousands of texts the classes agree within a percent.
 *
 * @returns for each share the indices of its texts, in shuffled order
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
