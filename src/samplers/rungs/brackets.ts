import type { IntParameter } from '../../space/schema.ts';

/** Rungs of a bracket, the first one first: each has so many trials, with so many steps. */
export interface Bracket {
  readonly trials: readonly number[];
  readonly steps: readonly number[];
}

/**
 * Steps at which a search measures, ascending: R η^−k, as far as they are not below the least, and R, each rounded to a value of the parameter.
 * (Li et al., "Hyperband", JMLR 18, 2018, algorithm 1; our name ↔ its symbol: `high` ↔ R, `reductionFactor` ↔ η.)
 */
export function levelsOf({ low, high, step }: IntParameter, reductionFactor: number): number[] {
  const levels: number[] = [];
  for (let divisor = 1; low * divisor <= high; divisor *= reductionFactor) {
    const level = low + Math.round((high / divisor - low) / step) * step;
    const value = level > high ? level - step : level;
    if (value !== levels[0]) levels.unshift(value);
  }
  return levels;
}

/** Successive halving from so many trials on: one of η goes on from each rung to the next, at least one. */
export function halving(levels: readonly number[], trials: number, reductionFactor: number): Bracket {
  return { steps: levels, trials: levels.map((_, rung) => Math.max(1, Math.floor(trials / reductionFactor ** rung))) };
}

/**
 * The brackets of Hyperband, the one with the most rungs first (the same algorithm: s from s_max to 0, n = ⌈(s_max + 1) η^s / (s + 1)⌉ trials in
 * its first rung). Each spends about as many steps as any other.
 */
export function hyperbandBrackets(levels: readonly number[], reductionFactor: number): Bracket[] {
  return levels.map((_, first) => {
    const own = levels.slice(first);
    const trials = Math.ceil((levels.length / own.length) * reductionFactor ** (own.length - 1));
    return halving(own, trials, reductionFactor);
  });
}
