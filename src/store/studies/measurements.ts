import { Prisma } from '../generated/client.ts';

/**
 * The attempt whose measurements are a trial's: the last one that measured anything, which is the one that settled it. One probe of
 * the primary key of `measurement`; `trial` is the row of the statement around it.
 */
export const latestAttempt = Prisma.sql`(SELECT max(latest.attempt) FROM measurement AS latest WHERE latest.trial_id = trial.id)`;
