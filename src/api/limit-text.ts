import { counted, formFor } from '../shared/counted.ts';
import type { Constraint } from '../studies/definition/constraints.ts';

/** Formats the limits of studies and campaigns: `latency at most 200; recall at least 0.8`. Empty without any. */
export function limitsText(constraints: readonly Constraint[] = []): string {
  return constraints.map((constraint) => `${constraint.metric} ${boundsText(constraint)}`).join('; ');
}

/** Formats a limit without the name of its value: `at least 0.2 and at most 0.8`. */
export function boundsText({ min, max }: Constraint): string {
  return [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])].join(' and ');
}

/** Says how many repeats of a finalist are beyond a limit of their campaign; empty without limits, or before a repeat has a result. */
export function repeatedLimitsText(repeats: readonly { readonly violation?: number | null | undefined }[]): string {
  const violations = repeats.flatMap(({ violation }) => (violation === undefined ? [] : [violation]));
  if (violations.length === 0) return '';
  const beyond = violations.filter((violation) => violation !== 0).length;
  return `${beyond} of ${counted(violations.length, 'repeat')} ${formFor(beyond, 'is', 'are')} beyond a limit`;
}
