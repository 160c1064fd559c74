import { z } from 'zod';
import { oriented } from '../../samplers/contract.ts';
import type { Violation } from '../../shared/errors.ts';
import { budgetSchema, metricOf, type ResolvedSpec } from './definition.ts';
import { definitionViolations, targetViolations, withoutOrigin } from './violations.ts';

const { trials, generations, wallClockSeconds, targetValue } = budgetSchema.shape;
const removed = 'null removes the limit.';

/** The limits of a budget that an extension raises. */
export const budgetChangeSchema = z
  .strictObject({
    trials: trials.unwrap().nullable().optional().describe(`Number of charged trials, the present ones included; ${removed}`),
    generations: generations.unwrap().nullable().optional().describe(`Number of generations, the present ones included; ${removed}`),
    wallClockSeconds: wallClockSeconds
      .unwrap()
      .nullable()
      .optional()
      .describe(`Time for which the study is active, the time so far included; ${removed}`),
    targetValue: targetValue.unwrap().nullable().optional().describe(`A better value of the metric at which to stop; ${removed}`),
  })
  .meta({
    id: 'BudgetChange',
    description:
      'New limits of a search: each at least the present one, a target at least as hard to reach. A limit that is not named stays; one that the study does not have cannot be added, because it would end the study earlier.',
  });
export type BudgetChange = Readonly<z.output<typeof budgetChangeSchema>>;

type Budget = ResolvedSpec['budget'];
type Limit = keyof Budget;
const limits: readonly Limit[] = ['trials', 'generations', 'wallClockSeconds', 'targetValue'];

/** Applies a change to the budget of a study. Pointers of violations are into the request; the budget is usable only without any. */
export function raisedBudget(spec: ResolvedSpec, change: BudgetChange): { readonly budget: Budget; readonly violations: Violation[] } {
  const before = spec.budget;
  const given = limits.filter((limit) => change[limit] !== undefined && change[limit] !== before[limit]);
  const lowered = given.flatMap((limit) => loweredLimit(spec, limit, change[limit] ?? null));
  const budget: Budget = Object.fromEntries(
    limits.flatMap((limit) => {
      const value = change[limit] === undefined ? before[limit] : change[limit];
      return value === undefined || value === null ? [] : [[limit, value]];
    }),
  );
  return { budget, violations: lowered.length > 0 ? lowered : unfit({ ...spec, budget }) };
}

/** True if two budgets have the same limits. */
export function isSameBudget(one: Budget, other: Budget): boolean {
  return limits.every((limit) => one[limit] === other[limit]);
}

function loweredLimit(spec: ResolvedSpec, limit: Limit, to: number | null): Violation[] {
  const from = spec.budget[limit];
  const pointer = `/budget/${limit}`;
  if (to === null) return [];
  if (from === undefined)
    return [
      { pointer, detail: 'is no limit of the study so far, and would end it earlier: an extension only raises limits or removes them' },
    ];
  if (limit !== 'targetValue')
    return to > from ? [] : [{ pointer, detail: `must be above ${from}, the present limit: an extension only raises limits` }];
  const { name, direction } = metricOf(spec);
  if (oriented(direction, to) > oriented(direction, from)) return [];
  const better = direction === 'maximize' ? 'above' : 'below';
  return [{ pointer, detail: `must be ${better} ${from}, the present target of ${name}: an easier one would end the study earlier` }];
}

/** The rules for a new definition with that budget. */
function unfit(spec: ResolvedSpec): Violation[] {
  const { lineage: _lineage, evaluate: _evaluate, ...definition } = spec;
  const violations = [...definitionViolations(definition), ...targetViolations(definition).map(withoutOrigin)];
  return violations.filter(({ pointer }) => pointer.startsWith('/budget'));
}
