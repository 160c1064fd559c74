import type { z } from 'zod';
import type { Values } from '../../objectives/contract.ts';
import { type Direction, oriented } from '../../samplers/contract.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import { invariant } from '../../shared/errors.ts';
import { type Constraint, measuredViolation } from './constraints.ts';

export const rankingSchema = describedEnum(
  ['finite-first', 'by-value'],
  {
    'finite-first':
      'the default: a trial whose evaluation diverged ranks after every other one, regardless of its value; it is never the best, a finalist or a winner, and reaches no target value.',
    'by-value': 'by the metric alone, as in definitions before 0.2.0, which do not name it.',
  },
  'Order of the results.',
);

/** The rule by which results rank. Definitions that were stored before there was a choice name none. */
export interface RankingRule {
  readonly direction: Direction;
  /** The study has several metrics, so that no single value ranks its trials: they have a front. */
  readonly several?: true;
  readonly ranking?: z.output<typeof rankingSchema> | undefined;
}

/** The fields of a trial that rank it. */
export interface RankedResult {
  readonly value: number | null;
  readonly diverged: boolean;
  /** A trial that was stopped early never ranks before one that was not. */
  readonly prunedAt?: number | undefined;
  /** See `measuredViolation`; absent: the study has no constraints, or the trial has no result. */
  readonly violation?: number | undefined;
}

/**
 * Returns the score of a result: its value, oriented so that more is better. null: it ranks after every score, by its violation, then in
 * the order of trial numbers, because its value is not finite, a value of it is beyond a limit or, with `finite-first`, its training
 * diverged. No trial of a study with several metrics has one.
 */
export function scoreOf(rule: RankingRule, result: RankedResult): number | null {
  const { value, violation = 0 } = result;
  return value === null || rule.several || violation > 0 || !countsAsResult(rule, result) ? null : oriented(rule.direction, value);
}

/** True if a trial has a value that can rank, whether or not it keeps the limits of its study. */
export function countsAsResult({ ranking }: Pick<RankingRule, 'ranking'>, { value, diverged, prunedAt }: RankedResult): boolean {
  return value !== null && prunedAt === undefined && !(diverged && ranking === 'finite-first');
}

/**
 * Compares two results: the better one first. Results with a score by it, then those that keep all limits, then the others by their
 * violation; ties by number. The index `trial_leaderboard` has this order.
 */
export function byRank(rule: RankingRule) {
  const worth = (result: RankedResult): number => scoreOf(rule, result) ?? Number.NEGATIVE_INFINITY;
  const distance = ({ violation = 0 }: RankedResult): number => violation;
  return (one: RankedResult & { readonly number: number }, other: RankedResult & { readonly number: number }): number => {
    if (worth(one) !== worth(other)) return worth(other) > worth(one) ? 1 : -1;
    return distance(one) === distance(other) ? one.number - other.number : distance(one) - distance(other);
  };
}

/** Returns the rule by which the trials of a study rank. */
export function rankingRuleOf({ metrics, ranking }: RankedSpec): RankingRule {
  const [metric] = metrics;
  invariant(metric, 'a study has a metric');
  return { direction: metric.direction, ranking, ...(metrics.length > 1 && { several: true }) };
}

/** The stored result of a trial that completed with some values. */
export interface StoredRank {
  readonly value: number | null;
  readonly score: number | null;
  /** Absent: the study has no constraints. */
  readonly violation?: number;
  /** Absent: the study has one metric, or not all are finite. */
  readonly metricValues?: readonly number[];
}

/** Returns what is stored of the values of a completed trial so that it ranks. */
export function rankOf(spec: MeasuredSpec, { values, diverged }: { readonly values: Values; readonly diverged: boolean }): StoredRank {
  const result = { value: metricValueOf(spec, values), ...measuredOf(spec, values) };
  return { ...result, score: scoreOf(rankingRuleOf(spec), { ...result, diverged }) };
}

/** The value of a trial: its metric. Of several it is the first, if all of them are finite. */
export function metricValueOf({ metrics }: Pick<MeasuredSpec, 'metrics'>, values: Values): number | null {
  const found = metrics.map(({ name }) => values[name] ?? null);
  return found.includes(null) ? null : (found[0] ?? null);
}

/** Returns what follows from the values of a trial beside its value; nothing without values, or with one metric and no constraints. */
export function measuredOf({ metrics, constraints = [] }: MeasuredSpec, values: Values | null): Omit<StoredRank, 'value' | 'score'> {
  if (values === null) return {};
  const several = metrics.length > 1 && metricValueOf({ metrics }, values) !== null;
  return {
    ...(constraints.length > 0 && { violation: measuredViolation(constraints, values) }),
    ...(several && { metricValues: metrics.flatMap(({ name }) => values[name] ?? []) }),
  };
}

/** The parts of a resolved definition that rank its trials. */
interface RankedSpec {
  readonly metrics: readonly { readonly direction: Direction }[];
  readonly ranking?: RankingRule['ranking'];
}

/** The same with the names of the values. */
export interface MeasuredSpec extends RankedSpec {
  readonly metrics: readonly { readonly name: string; readonly direction: Direction }[];
  readonly constraints?: readonly Constraint[] | undefined;
}

/** Names of the values that a result must have: its metrics, and those that a constraint limits. */
export function neededValues({ metrics, constraints = [] }: NamedValues): string[] {
  return [...new Set([...metrics.map(({ name }) => name), ...constraints.map(({ metric }) => metric)])];
}

/** The parts of a definition that name values. */
export interface NamedValues {
  readonly metrics: readonly { readonly name: string }[];
  readonly constraints?: readonly Pick<Constraint, 'metric'>[] | undefined;
}
