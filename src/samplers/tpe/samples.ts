import type { Column } from './column.ts';
import type { Group } from './geometry.ts';
import type { Evidence } from './past.ts';

/** Trials of one kind as an estimator needs them, oldest first. */
export interface Sample {
  readonly trials: Uint32Array;
  /** The columns of the group's members. */
  readonly columns: readonly Column[];
}

/** Good trials. */
export interface RankedSample extends Sample {
  /** Ranks of the trials among those that were split, from 0, the best. */
  readonly ranks: Uint32Array;
}

/** Rule that splits trials into good and bad ones. */
export interface SplitRule {
  /** Number of good trials among `count`: at least 1. Divided by `count` it is the literature's γ. */
  readonly goodCount: (count: number) => number;
  /** If true, trials are ranked among those with the parameters of the group; else among all trials. */
  readonly rankWithinGroup: boolean;
  /** Most bad trials that a density is made of, pending ones aside; absent: all are. */
  readonly mostBad?: number;
}

/**
 * Splits the evidence on the parameters of a group by rank: the best are good (D^(l) in the literature), the others bad (D^(g)). Of equal
 * values the earlier ranks higher. Trials that lack these parameters count only in the ranking, and there only if the rule requires it.
 *
 * Of more bad trials than the rule allows, every second, fourth, eighth … is kept, so that a suggestion costs no more among a hundred thousand
 * trials than among some thousand.
 */
export function splitSamples(
  { trials, finished, columns, order }: Evidence,
  { members }: Group,
  rule: SplitRule,
): { readonly good: RankedSample; readonly bad: Sample } {
  const own = members.flatMap(({ place }) => columns[place] ?? []);
  const [first] = own;
  const having = first?.countHaving(trials) ?? 0;
  const places = goodPlaces(order, rule, { trials, having, isRanked: (trial) => !rule.rankWithinGroup || first?.has(trial) === true });
  const bad = new Uint32Array(having);
  const good = { trials: new Uint32Array(having), ranks: new Uint32Array(having) };
  let [goods, bads, ended] = [0, 0, 0];
  for (let trial = 0; trial < trials; trial += 1) {
    if (!first?.has(trial)) continue;
    const place = places[trial] as number;
    if (place === 0) bad[bads++] = trial;
    else {
      good.trials[goods] = trial;
      good.ranks[goods++] = place - 1;
    }
    if (trial < finished) ended = bads;
  }
  return {
    good: { columns: own, trials: good.trials.subarray(0, goods), ranks: good.ranks.subarray(0, goods) },
    bad: { columns: own, trials: thinned(bad.subarray(0, bads), ended, rule.mostBad) },
  };
}

interface Ranked {
  readonly trials: number;
  /** Those that have the parameters of the group. */
  readonly having: number;
  readonly isRanked: (trial: number) => boolean;
}

/** Of each trial, 1 + its rank if it is good, else 0. */
function goodPlaces(order: Uint32Array, rule: SplitRule, { trials, having, isRanked }: Ranked): Uint32Array {
  const ranked = rule.rankWithinGroup ? having : trials;
  const goodCount = Math.min(rule.goodCount(ranked), ranked);
  const places = new Uint32Array(trials);
  let rank = 0;
  for (let place = 0; rank < goodCount; place += 1) {
    const trial = order[place] as number;
    if (isRanked(trial)) places[trial] = ++rank;
  }
  return places;
}

/** At most so many of the first `ended` trials, evenly over time, and all later ones. */
function thinned(trials: Uint32Array, ended: number, most = Number.POSITIVE_INFINITY): Uint32Array {
  if (ended <= most) return trials;
  const stride = 2 ** Math.ceil(Math.log2(ended / most));
  const kept = Uint32Array.from({ length: Math.ceil(ended / stride) }, (_, index) => trials[index * stride] as number);
  const all = new Uint32Array(kept.length + trials.length - ended);
  all.set(kept);
  all.set(trials.subarray(ended), kept.length);
  return all;
}
