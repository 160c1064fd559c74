import { z } from 'zod';
import type { FailurePolicy } from '../../objectives/contract.ts';
import { objectiveFailures } from '../../objectives/table.ts';
import { invariant } from '../../shared/errors.ts';

/** Failures of any trial, independent of its objective, and the consequences of each. */
const generalFailures: ReadonlyMap<string, FailurePolicy> = new Map<string, FailurePolicy>([
  ['training-error', { retried: 'error', endsStudy: false }],
  ['trainer-crashed', { retried: 'crash', endsStudy: false }],
  ['out-of-memory', { retried: 'crash', endsStudy: false }],
  ['stalled', { retried: 'timeout', endsStudy: false }],
  ['timeout', { retried: 'timeout', endsStudy: false }],
  ['runner-lost', { retried: 'never', endsStudy: false }],
  ['trainer-unavailable', { retried: 'never', endsStudy: true }],
]);

/** Every failure of this code: the general ones, then those that objectives add. */
const failures: ReadonlyMap<string, FailurePolicy> = new Map([...objectiveFailures, ...generalFailures]);
invariant(failures.size === objectiveFailures.size + generalFailures.size, 'no objective gives a general failure another meaning');

/** Every way in which a trial can fail. */
export const trialErrorCodes: readonly string[] = [...generalFailures.keys(), ...objectiveFailures.keys()];

/** The error of a failed trial as it is stored. */
export const trialErrorSchema = z.strictObject({ code: z.string(), message: z.string() });

/** The error of a failed trial. */
export interface TrialError {
  /** One of `trialErrorCodes`; a database may hold others, of objectives that this code does not have. */
  readonly code: string;
  readonly message: string;
}

/** The consequences of a failure. A code unknown to this version counts as a failed evaluation. */
export function failurePolicyOf({ code }: Pick<TrialError, 'code'>): FailurePolicy {
  return failures.get(code) ?? { retried: 'error', endsStudy: false };
}
