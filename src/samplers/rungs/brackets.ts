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
export function levelsOf(fidelity: IntParameter, reductionFactor: number): number[] {
  const { low, high } = fidelity;
  const levels: number[] = [];
  for (let divisor = 1; low * divisor <= high; divisor *= reductionFactor) {
    const level = nearest(fidelity, high / divisor);
    if (level !== levels[0]) levels.unshift(level);
  }
  return levels;
}

/** Steps at which a search measures, ascending: the least and its products with η, below the most, each rounded to a value of the parameter. */
export function levelsFrom(fidelity: IntParameter, least: number, reductionFactor: number): number[] {
  const levels: number[] = [];
  for (let steps = Math.max(least, fidelity.low); steps < fidelity.high; steps *= reductionFactor) {
    const level = nearest(fidelity, steps);
    if (level !== levels.at(-1) && level < fidelity.high) levels.push(level);
  }
  return levels;
}

/** The value of the parameter next to a number from `low` to `high`. */
function nearest({ low, high, step }: IntParameter, steps: number): number {
  const value = low + Math.round((steps - low) / step) * step;
  return value > high ? value - step : value;
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
