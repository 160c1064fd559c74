import { type Direction, type Observation, oriented, type Problem, type SuggestionRequest } from '../contract.ts';
import { columnsOf, type Geometry, type Group } from './geometry.ts';
import { type Split, splitByRank } from './split.ts';

/** Trials known when a suggestion is made: finished ones, then pending ones, each ordered by number. */
export interface Evidence {
  /** Coordinates in the unit cube, one list per parameter of the space (see `columnsOf`). */
  readonly columns: readonly Float64Array[];
  /** Oriented so that more is better; −∞ for trials without a value. */
  readonly values: Float64Array;
}

/**
 * Gathers the evidence. A failed trial, a trial with a non-finite value, and a pending trial all count as the worst: nothing good
 * is known of them, and the next trial is better placed elsewhere. For pending trials this is a constant liar (Ginsbourger, Le
 * Riche and Carraro 2010) whose lie is the worst value.
 */
export function gatherEvidence(
  direction: Direction,
  geometry: Geometry,
  { history, pending }: Pick<SuggestionRequest, 'history' | 'pending'>,
): Evidence {
  const configurations = [...history.map(({ parameters }) => parameters), ...pending];
  const values = new Float64Array(configurations.length).fill(Number.NEGATIVE_INFINITY);
  for (const [place, observation] of history.entries()) values[place] = rankedValue(direction, observation);
  return { columns: columnsOf(geometry, configurations), values };
}

function rankedValue(direction: Problem['direction'], { value }: Observation): number {
  return value === null || !Number.isFinite(value) ? Number.NEGATIVE_INFINITY : oriented(direction, value);
}

/** Trials of one kind as an estimator needs them, oldest first. */
export interface Sample {
  /** Coordinates, one list per member of the group. */
  readonly columns: readonly Float64Array[];
  /** Oriented as in the evidence. */
  readonly values: Float64Array;
}

/** Rule that splits trials into good and bad ones. */
export interface SplitRule {
  /** Number of good trials among `count`: at least 1. Divided by `count` it is the literature's γ. */
  readonly goodCount: (count: number) => number;
  /** If true, trials are ranked among those with the parameters of the group; else among all trials. */
  readonly rankWithinGroup: boolean;
}

/** Splits the evidence for one group after another. */
export type Splitter = (group: Group) => { readonly good: Sample; readonly bad: Sample };

/**
 * Splits the evidence on the parameters of a group; trials that lack these parameters count only in the ranking, and there only if
 * the rule requires it. Groups that rank the same trials share one ranking.
 */
export function splitterOf(evidence: Evidence, rule: SplitRule): Splitter {
  const all = new Uint32Array(evidence.values.length);
  for (let trial = 0; trial < all.length; trial += 1) all[trial] = trial;
  let whole: Split | null = null;
  return ({ members }) => {
    const first = evidence.columns[members[0]?.place ?? 0] ?? new Float64Array(0);
    const ranked = rule.rankWithinGroup ? having(first, all) : all;
    const split = (ranked === all && whole) || rankedSplit(evidence, ranked, rule);
    if (ranked === all) whole = split;
    const sample = (trials: Uint32Array): Sample => {
      const own = having(first, trials);
      return { columns: members.map(({ place }) => picked(evidence.columns[place] ?? first, own)), values: picked(evidence.values, own) };
    };
    return { good: sample(split.good), bad: sample(split.bad) };
  };
}

/** The good and the bad trials among some, in order. */
function rankedSplit(evidence: Evidence, trials: Uint32Array, rule: SplitRule): Split {
  const { good, bad } = splitByRank(picked(evidence.values, trials), rule.goodCount(trials.length));
  const trialAt = (place: number): number => trials[place] ?? 0;
  return { good: good.map(trialAt), bad: bad.map(trialAt) };
}

/** The trials that have a parameter: the same list if all have it. */
function having(column: Float64Array, trials: Uint32Array): Uint32Array {
  const has = (trial: number): boolean => !Number.isNaN(column[trial]);
  return trials.every(has) ? trials : trials.filter(has);
}

function picked(list: Float64Array, places: Uint32Array): Float64Array {
  const chosen = new Float64Array(places.length);
  for (let index = 0; index < places.length; index += 1) chosen[index] = list[places[index] as number] as number;
  return chosen;
}
