import type { Column } from './column.ts';
import type { Group } from './geometry.ts';
import type { Evidence } from './past.ts';

/** Trials of one kind as an estimator needs them, oldest first. */
export interface Sample {
  readonly trials: Uint32Array;
  /** The columns of the group's members. */
  readonly columns: readonly Column[];
  /** Ranks of the trials among those that were split, from 0, the best. */
  readonly ranks: Uint32Array;
}

/** Rule that splits trials into good and bad ones. */
export interface SplitRule {
  /** Number of good trials among `count`: at least 1. Divided by `count` it is the literature's γ. */
  readonly goodCount: (count: number) => number;
  /** If true, trials are ranked among those with the parameters of the group; else among all trials. */
  readonly rankWithinGroup: boolean;
}

/**
 * Splits the evidence on the parameters of a group by rank: the best are good (D^(l) in the literature), the others bad (D^(g)). Of equal
 * values the earlier ranks higher. Trials that lack these parameters count only in the ranking, and there only if the rule requires it.
 */
export function splitSamples(
  { trials, columns, order }: Evidence,
  { members }: Group,
  rule: SplitRule,
): { readonly good: Sample; readonly bad: Sample } {
  const own = members.flatMap(({ place }) => columns[place] ?? []);
  const [first] = own;
  const rankOf = new Uint32Array(trials);
  let ranked = 0;
  for (let place = 0; place < trials; place += 1) {
    const trial = order[place] as number;
    if (!rule.rankWithinGroup || first?.has(trial)) rankOf[trial] = ranked++;
  }
  const goodCount = rule.goodCount(ranked);
  const good = newSample(own, Math.min(goodCount, trials));
  const bad = newSample(own, trials);
  for (let trial = 0; trial < trials; trial += 1) {
    if (!first?.has(trial)) continue;
    const rank = rankOf[trial] as number;
    const sample = rank < goodCount ? good : bad;
    sample.trials[sample.size] = trial;
    sample.ranks[sample.size] = rank;
    sample.size += 1;
  }
  return { good: filled(good), bad: filled(bad) };
}

interface Unfilled extends Sample {
  size: number;
}

function newSample(columns: readonly Column[], most: number): Unfilled {
  return { columns, trials: new Uint32Array(most), ranks: new Uint32Array(most), size: 0 };
}

function filled({ columns, trials, ranks, size }: Unfilled): Sample {
  return { columns, trials: trials.subarray(0, size), ranks: ranks.subarray(0, size) };
}
