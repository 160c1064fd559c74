import type { Json } from '../shared/digest.ts';
import { type EarlierValues, earlierValuesSchema } from '../space/earlier-values.ts';

/**
 * The provenance of a suggestion, in the sampler's own terms; stored with the trial and shown. Samplers with rungs name `rung` (from 0), `steps` (how
 * many it would get if it went on to the end; absent if all go on) and, if it goes on with another trial, the number of that one as `continues`. If
 * values changed on the way, `earlierValues` has those before.
 */
export type Origin = Readonly<Record<string, Json>>;

/** The number of the trial that a suggestion continues; null: it begins anew. */
export function continuedBy({ continues }: Origin): number | null {
  return typeof continues === 'number' ? continues : null;
}

/** The values with which the first steps of a suggestion were taken. @throws ZodError if the origin is not a sampler's, as in a modified document */
export function earlierValuesOf({ earlierValues }: Origin): EarlierValues {
  return earlierValuesSchema.default([]).parse(earlierValues);
}
