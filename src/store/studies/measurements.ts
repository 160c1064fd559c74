import { Prisma } from '../generated/client.ts';

/**
 * The attempt whose measurements are a trial's: the one that settled it, or the last one that measured anything. One probe of the
 * primary key of `measurement`; `trial` is the row of the statement around it.
 */
export const latestAttempt = Prisma.sql`COALESCE(
  trial.settled_attempt, (SELECT max(latest.attempt) FROM measurement AS latest WHERE latest.trial_id = trial.id)
)`;
