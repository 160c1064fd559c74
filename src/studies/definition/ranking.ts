import type { z } from 'zod';
import { type Direction, oriented } from '../../samplers/contract.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import { invariant } from '../../shared/errors.ts';

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
  readonly ranking?: z.output<typeof rankingSchema> | undefined;
}

/**
 * Returns the score of a result: its value, oriented so that more is better. null: it ranks after every score, in the order of trial
 * numbers, because its value is not finite or, with `finite-first`, its training diverged.
 */
export function scoreOf(
  { direction, ranking }: RankingRule,
  { value, diverged }: { readonly value: number | null; readonly diverged: boolean },
): number | null {
  if (value === null || (diverged && ranking === 'finite-first')) return null;
  return oriented(direction, value);
}

/** Returns the rule by which the trials of a study rank. */
export function rankingRuleOf({ metrics: [metric], ranking }: RankedSpec): RankingRule {
  invariant(metric, 'a study has a metric');
  return { direction: metric.direction, ranking };
}

/** The parts of a resolved definition that rank its trials. */
interface RankedSpec {
  readonly metrics: readonly { readonly direction: Direction }[];
  readonly ranking?: RankingRule['ranking'];
}
