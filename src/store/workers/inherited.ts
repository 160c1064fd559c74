/**
 * The measurements that an attempt takes over with the checkpoint at which it resumed: those of the attempt that made it, up to there. There are
 * none if the attempt has measured something, and if its first step is not behind the checkpoint: it then began anew. Columns `step`, `values` and
 * `recorded_at`.
 *
 * @param held alias of a row with the `id` of the trial and the number of the `attempt`
 * @param first the first step of the attempt; SQL
 */
export const inheritedMeasurements = (held: string, first: string): string => `
  SELECT earlier.step, earlier.values, earlier.recorded_at
  FROM (
    SELECT made.attempt, made.step FROM measurement AS made
    WHERE made.trial_id = ${held}.id AND made.attempt < ${held}.attempt AND made.checkpoint IS NOT NULL AND ${held}.attempt > 1 AND ${first} > 1
    ORDER BY made.attempt DESC, made.step DESC LIMIT 1
  ) AS checkpoint JOIN measurement AS earlier
    ON earlier.trial_id = ${held}.id AND earlier.attempt = checkpoint.attempt AND earlier.step <= checkpoint.step
  WHERE checkpoint.step < ${first}
    AND NOT EXISTS (SELECT FROM measurement AS own WHERE own.trial_id = ${held}.id AND own.attempt = ${held}.attempt)`;
