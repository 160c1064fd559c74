import { z } from 'zod';

/** Every way in which a trial can fail. */
export const trialErrorCodes = [
  'training-error',
  'trainer-crashed',
  'out-of-memory',
  'stalled',
  'timeout',
  'runner-lost',
  'trainer-unavailable',
  'dataset-unavailable',
] as const;

export const trialErrorSchema = z
  .strictObject({
    code: z.enum(trialErrorCodes),
    message: z.string(),
  })
  .meta({ id: 'TrialError', description: 'Why the last attempt of a trial failed.' });

/** Why a trial failed. */
export type TrialError = Readonly<z.output<typeof trialErrorSchema>>;

/** What a study may try again; see `retries.on` of its definition. */
export const retriedKinds = ['crash', 'error', 'timeout'] as const;

/** What follows from a failed attempt. */
export interface ErrorPolicy {
  /** When the trial gets the attempts that its study allows: `always`, `never`, or where the study's retries name this kind. Else it fails at once. */
  readonly retried: (typeof retriedKinds)[number] | 'always' | 'never';
  /** Whether a trial that failed so ends its study, since no other trial could do better. */
  readonly endsStudy: boolean;
}

/** The one table of what follows from which failure. */
export const errorPolicies: Readonly<Record<TrialError['code'], ErrorPolicy>> = {
  'training-error': { retried: 'error', endsStudy: false },
  'trainer-crashed': { retried: 'crash', endsStudy: false },
  'out-of-memory': { retried: 'crash', endsStudy: false },
  stalled: { retried: 'timeout', endsStudy: false },
  timeout: { retried: 'timeout', endsStudy: false },
  'runner-lost': { retried: 'never', endsStudy: false },
  'trainer-unavailable': { retried: 'never', endsStudy: true },
  'dataset-unavailable': { retried: 'always', endsStudy: true },
};
