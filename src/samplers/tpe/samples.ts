import type { Column } from './column.ts';
import { firstPlace } from './first-place.ts';
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
 * Of more bad trials than the rule allows, every second, fourth, eighth … is kept, and the others are not looked at: a suggestion
 * costs no more among a hundred thousand trials than among some thousand.
 */
export function splitSamples(
  { trials, finished, columns, order }: Evidence,
  { members }: Group,
  rule: SplitRule,
): { readonly good: RankedSample; readonly bad: Sample } {
  const own = members.flatMap(({ place }) => columns[place] ?? []);
  const [first] = own;
  const having = first?.having(trials) ?? new Uint32Array(0);
  const has = (trial: number): boolean => first?.has(trial) === true;
  const good = goodTrials(order, rule, { trials, having: having.length, has });
  const ended = firstPlace(having, finished) - firstPlace(good.trials, finished);
  return { good: { columns: own, ...good }, bad: { columns: own, trials: badTrials(having, good.trials, { ended, most: rule.mostBad }) } };
}

interface Ranked {
  readonly trials: number;
  /** Number of those that have the parameters of the group. */
  readonly having: number;
  readonly has: (trial: number) => boolean;
}

/** The good trials that have the parameters of the group, in ascending order, with their ranks. */
function goodTrials(order: Uint32Array, rule: SplitRule, { trials, having, has }: Ranked): Pick<RankedSample, 'trials' | 'ranks'> {
  const ranked = rule.rankWithinGroup ? having : trials;
  const goodCount = Math.min(rule.goodCount(ranked), ranked);
  const found: number[] = [];
  const ranks: number[] = [];
  let rank = 0;
  for (let place = 0; rank < goodCount; place += 1) {
    const trial = order[place] as number;
    const isOwn = has(trial);
    if (isOwn) {
      found.push(trial);
      ranks.push(rank);
    }
    if (isOwn || !rule.rankWithinGroup) rank += 1;
  }
  const good = { trials: Uint32Array.from(found).sort(), ranks: new Uint32Array(found.length) };
  for (const [index, trial] of found.entries()) good.ranks[firstPlace(good.trials, trial)] = ranks[index] as number;
  return good;
}

/**
 * The trials that are not good: at most so many of the first `ended` ones, evenly over time, and all later ones.
 *
 * @param having trials in ascending order, `good` among them
 */
function badTrials(
  having: Uint32Array,
  good: Uint32Array,
  { ended, most = Number.POSITIVE_INFINITY }: { readonly ended: number; readonly most?: number | undefined },
): Uint32Array {
  const stride = ended <= most ? 1 : 2 ** Math.ceil(Math.log2(ended / most));
  const kept = Math.ceil(ended / stride);
  const bad = new Uint32Array(kept + having.length - good.length - ended);
  let before = 0;
  for (let index = 0; index < bad.length; index += 1) {
    // Its place is its number among the bad trials, and that of the good ones before it.
    const number = index < kept ? index * stride : ended + index - kept;
    while (before < good.length && (good[before] as number) <= (having[number + before] as number)) before += 1;
    bad[index] = having[number + before] as number;
  }
  return bad;
}
