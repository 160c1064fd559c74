import { counted, formFor } from '../shared/counted.ts';
import { valueText } from '../shared/value-text.ts';
import type { Constraint } from '../studies/definition/constraints.ts';

/** Formats the limits of studies and campaigns: `latency at most 200; recall at least 0.8`. Empty without any. */
export function limitsText(constraints: readonly Constraint[] = []): string {
  return constraints.map((constraint) => `${constraint.metric} ${boundsText(constraint)}`).join('; ');
}

/** Formats a limit without the name of its value: `at least 0.2 and at most 0.8`. */
export function boundsText({ min, max }: Constraint): string {
  return [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])].join(' and ');
}

type Violated = { readonly violation?: number | null | undefined };

/**
 * Says whether the evaluations of a finalist keep the limits of their campaign: its trial in the part `test`, then its repeats. Empty without
 * limits, or before one of them has a result.
 */
export function evaluatedLimitsText(
  { testViolation }: { readonly testViolation?: number | null | undefined },
  repeats: readonly Violated[],
): string {
  return [...testLimits(testViolation), ...repeatedLimits(repeats)].join('; ');
}

function testLimits(violation: number | null | undefined): string[] {
  if (violation === undefined) return [];
  if (violation === null) return ['a limited value of its trial in the part test is not finite'];
  return [`its trial in the part test ${violation === 0 ? 'keeps all limits' : `is beyond a limit (violation ${valueText(violation)})`}`];
}

/** Says how many repeats are beyond a limit. */
function repeatedLimits(repeats: readonly Violated[]): string[] {
  const violations = repeats.flatMap(({ violation }) => (violation === undefined ? [] : [violation]));
  if (violations.length === 0) return [];
  const beyond = violations.filter((violation) => violation !== 0).length;
  return [`${beyond} of ${counted(violations.length, 'repeat')} ${formFor(beyond, 'is', 'are')} beyond a limit`];
}
