import { z } from 'zod';
import type { Values } from '../../objectives/contract.ts';
import type { BoundObjective } from '../../objectives/table.ts';
import type { CrossViolation } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/suggestion.ts';

/** Most constraints of a study. */
const mostConstraints = 16;

const constraintSchema = z
  .strictObject({
    metric: z.string().min(1).max(100).describe('One of the values of the objective, optimised or not. Its value at the last step counts.'),
    min: z.number().optional().describe('The smallest value that meets the constraint. Default: no limit.'),
    max: z.number().optional().describe('The largest value that meets the constraint. Default: no limit.'),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, { error: 'must have min, max, or both' })
  .meta({ id: 'Constraint', description: 'A limit that a value must keep: min, max, or both.' });

/** Limits that the results of a study must keep. */
export const constraintsSchema = z
  .array(constraintSchema)
  .max(mostConstraints)
  .describe(
    'Limits of values. A trial that is beyond one ranks after every trial that keeps all of them, by its `violation`, and is never the best. With several metrics, a trial whose metrics are not all finite ranks last, after those beyond a limit. Default: none.',
  );

export type Constraint = Readonly<z.output<typeof constraintSchema>>;

/** The violation of a trial that lacks a constrained value, or whose value is not finite: nothing is worse. */
export const unknownViolation = Number.MAX_VALUE;

/**
 * Returns the constraint violation of measured values, which is how far they are from the limits: the sum over the constraints of the distance to the limit, as a share of the limit's
 * magnitude. 0: all limits are kept; 0.1: one value is a tenth of its limit beyond it. Where a limit is 0, its distance is the value itself.
 *
 * @returns `unknownViolation` where a value is missing or not finite
 */
export function measuredViolation(constraints: readonly Constraint[], values: Values): number {
  return Math.min(
    constraints.reduce((sum, constraint) => sum + shareBeyond(constraint, values[constraint.metric] ?? null), 0),
    unknownViolation,
  );
}

function shareBeyond({ min, max }: Constraint, value: number | null): number {
  if (value === null) return unknownViolation;
  if (min !== undefined && value < min) return (min - value) / (Math.abs(min) || 1);
  if (max !== undefined && value > max) return (value - max) / (Math.abs(max) || 1);
  return 0;
}

/** Checks constraints against the values of an objective. Pointers are into the study. */
export function wrongConstraints(constraints: readonly Constraint[], objective: Pick<BoundObjective, 'name' | 'values'>): CrossViolation[] {
  const names = objective.values().map(({ name }) => name);
  return constraints.flatMap(({ metric, min, max }, index): CrossViolation[] => {
    const at = `/constraints/${index}`;
    if (!names.includes(metric)) {
      const hint = didYouMean(metric, names);
      return [
        {
          pointer: `${at}/metric`,
          detail: `the objective ${objective.name} measures no value ${metric}; it measures ${names.join(', ')}${hint}`,
        },
      ];
    }
    const first = constraints.findIndex((other) => other.metric === metric);
    if (first < index) {
      const detail = `constraint ${first} names ${metric} already: give one constraint with min and max`;
      return [{ pointer: `${at}/metric`, detail }];
    }
    if (min === undefined || max === undefined || min <= max) return [];
    return [{ pointer: `${at}/max`, detail: `must be at least min (${min}), got ${max}: no value keeps both limits` }];
  });
}

/** Returns the limits that no value of the objective can keep. Pointers are into the study. */
export function unreachableLimits(constraints: readonly Constraint[], objective: Pick<BoundObjective, 'values'>): CrossViolation[] {
  return constraints.flatMap(({ metric, min, max }, index): CrossViolation[] => {
    const range = objective.values().find(({ name }) => name === metric)?.range;
    if (!range) return [];
    const { low, high } = range;
    const at = `/constraints/${index}`;
    return [
      ...(min !== undefined && high !== null && min > high
        ? [{ pointer: `${at}/min`, detail: `must be at most ${high}, the largest value of ${metric}: no trial can keep ${min}` }]
        : []),
      ...(max !== undefined && low !== null && max < low
        ? [{ pointer: `${at}/max`, detail: `must be at least ${low}, the smallest value of ${metric}: no trial can keep ${max}` }]
        : []),
    ];
  });
}
