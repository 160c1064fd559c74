import { z } from 'zod';
import type { FailurePolicy } from '../../objectives/contract.ts';
import { objectiveFailures } from '../../objectives/table.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import { invariant } from '../../shared/errors.ts';

/** Failures of any trial, independent of its objective, and the consequences of each. */
const generalFailures: ReadonlyMap<string, FailurePolicy> = new Map<string, FailurePolicy>([
  ['training-error', { meaning: 'the evaluation ended with an error.', retried: 'error', endsStudy: false }],
  ['trainer-crashed', { meaning: 'the process of the trainer ended.', retried: 'crash', endsStudy: false }],
  ['out-of-memory', { meaning: 'the trainer exceeded its memory.', retried: 'crash', endsStudy: false }],
  ['stalled', { meaning: 'the trainer made no progress.', retried: 'timeout', endsStudy: false }],
  ['timeout', { meaning: 'an attempt took longer than timeoutSeconds.', retried: 'timeout', endsStudy: false }],
  ['runner-lost', { meaning: 'several runners were lost with the trial.', retried: 'never', endsStudy: false }],
  ['trainer-unavailable', { meaning: 'no trainer could be started.', retried: 'never', endsStudy: true }],
]);

/** Every failure of this code: the general ones, then those that objectives add. */
const failures: ReadonlyMap<string, FailurePolicy> = new Map([...objectiveFailures, ...generalFailures]);
invariant(failures.size === objectiveFailures.size + generalFailures.size, 'no objective gives a general failure another meaning');

/** Every way in which a trial can fail. */
export const trialErrorCodes: readonly string[] = [...generalFailures.keys(), ...objectiveFailures.keys()];

/** The code of a failure, in documents. */
export const trialErrorCodeSchema = describedEnum(
  trialErrorCodes,
  Object.fromEntries([...failures].map(([code, { meaning }]) => [code, meaning])),
);

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
  return failures.get(code) ?? { meaning: 'unknown to this release', retried: 'error', endsStudy: false };
}
