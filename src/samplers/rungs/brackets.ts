import type { IntParameter } from '../../space/schema.ts';
import type { RungEffort } from '../contract.ts';
import { mostSteps, nearestSteps } from './fidelity.ts';

/** Rungs of a bracket, the first one first: each has so many trials, with so many steps. */
export interface Bracket {
  readonly trials: readonly number[];
  readonly steps: readonly number[];
}

/**
 * Steps at which a search measures, ascending: R, R/η, R/η² … down to `low`, each rounded to a value of the parameter.
 * (Li et al., "Hyperband", JMLR 18, 2018, algorithm 1; our name ↔ its symbol: the most steps ↔ R, `reductionFactor` ↔ η.)
 */
export function levelsOf(fidelity: IntParameter, reductionFactor: number): number[] {
  const { low } = fidelity;
  const most = mostSteps(fidelity);
  const levels: number[] = [];
  for (let divisor = 1; low * divisor <= most; divisor *= reductionFactor) {
    const level = nearestSteps(fidelity, most / divisor);
    if (level !== levels[0]) levels.unshift(level);
  }
  return levels;
}

/** Steps at which a search measures, ascending: the least and its products with η, below the most, each rounded to a value of the parameter. */
export function levelsFrom(fidelity: IntParameter, least: number, reductionFactor: number): number[] {
  const most = mostSteps(fidelity);
  const levels: number[] = [];
  for (let steps = Math.max(least, fidelity.low); steps < most; steps *= reductionFactor) {
    const level = nearestSteps(fidelity, steps);
    if (level !== levels.at(-1) && level < most) levels.push(level);
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

/** The work of so many trials, if none fails. @param bracketAt the brackets one after another; null: the search is done */
export function effortOf(bracketAt: (index: number) => Bracket | null, trials: number): RungEffort {
  const effort = { configurations: 0, steps: 0, newSteps: 0 };
  for (let index = 0, left = trials; left > 0; index += 1) {
    const bracket = bracketAt(index);
    if (!bracket) break;
    for (const [rung, wanted] of bracket.trials.entries()) {
      const count = Math.min(left, wanted);
      const [steps, before] = [bracket.steps[rung] ?? 0, bracket.steps[rung - 1] ?? 0];
      if (rung === 0) effort.configurations += count;
      effort.steps += count * steps;
      effort.newSteps += count * (steps - before);
      left -= count;
    }
  }
  return effort;
}
