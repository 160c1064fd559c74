import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parameterValueSchema } from '../../space/schema.ts';
import { definitionVersions, readDefinition } from '../../studies/definition/stored.ts';
import type { ClaimedTrial } from '../../studies/ports/queue.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/** A claim that lost this many races for a training finds nothing; its slot asks again soon. */
const racesAtMost = 5;

const claimedSchema = z.object({
  id: z.string(),
  study_id: z.string(),
  number: z.number(),
  parameters: z.record(z.string(), parameterValueSchema),
  steps_done: z.number(),
  spec: z.unknown(),
  definition_version: z.literal(definitionVersions),
  trainer_version: z.number(),
});

/** Who claims, and how. */
interface Claim {
  readonly runnerId: string;
  readonly leaseSeconds: number;
  readonly token: string;
}

/**
 * Takes the oldest queued trial of an active study under a new lease, of trials that share a training the one that asks
 * for most steps. The others of them are passed over until it is done: they read its steps then.
 *
 * A twin that starts at this very moment is invisible to the statement that looks; the unique index
 * `trial_exclusion_running` refuses the second, and the claim looks again. A token that holds a trial already (the answer
 * was lost) cannot take another: `trial_lease_token` refuses it, and the trial that it holds is the answer.
 */
export async function claimTrial(
  connection: Connection,
  runnerId: string,
  leaseSeconds: number,
  token: string = randomUUID(),
): Promise<ClaimedTrial | null> {
  const claim = { runnerId, leaseSeconds, token };
  for (let race = 1; race <= racesAtMost; race += 1) {
    try {
      return (await takeNext(connection, claim)) ?? (await heldTrial(connection, claim));
    } catch (error) {
      if (!isRefused(error)) throw error;
      const held = await heldTrial(connection, claim);
      if (held) return held;
    }
  }
  return null;
}

/**
 * The trial that a claim takes, locked. Rows that another claim holds are skipped, so that claims never wait for each
 * other; ids are UUIDv7, so the partial index `trial_queue` gives the oldest first. The looks for twins read
 * `trial_exclusion_running` and `trial_exclusion_queued`; with `OFFSET 0` they stay one probe for each trial looked at (as
 * joins the planner may read and sort the whole queue first). Trials without a key (of earlier versions) have no twins.
 */
export const nextTrial = Prisma.sql`
  SELECT trial.id, study.spec, study.definition_version, study.objective_version AS trainer_version
  FROM trial JOIN study ON study.id = trial.study_id
  WHERE trial.state = 'queued' AND study.state = 'active'
    AND NOT EXISTS (
      SELECT 1 FROM trial AS twin WHERE twin.exclusion_key = trial.exclusion_key AND twin.state = 'running' OFFSET 0
    )
    AND NOT EXISTS (
      SELECT 1 FROM trial AS twin JOIN study AS other ON other.id = twin.study_id
      WHERE twin.exclusion_key = trial.exclusion_key AND twin.state = 'queued' AND other.state = 'active'
        AND (twin.steps_wanted > trial.steps_wanted OR twin.steps_wanted = trial.steps_wanted AND twin.id < trial.id)
      OFFSET 0
    )
  ORDER BY trial.id
  FOR UPDATE OF trial SKIP LOCKED
  LIMIT 1`;

async function takeNext(connection: Connection, { runnerId, leaseSeconds, token }: Claim): Promise<ClaimedTrial | null> {
  const rows = await connection.$queryRaw<unknown[]>`
    WITH next AS (${nextTrial})
    UPDATE trial
    SET state = 'running', attempts = attempts + 1, started_at = COALESCE(started_at, clock_timestamp()),
        lease_token = ${token}::uuid, lease_runner = ${runnerId}::uuid,
        lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision)
    FROM next
    WHERE trial.id = next.id
    RETURNING trial.id, trial.study_id, trial.number, trial.parameters, trial.steps_done, next.spec, next.definition_version, next.trainer_version`;
  return claimedFromRow(rows[0], token);
}

/** The trial that a token holds, its lease renewed, by the index `trial_lease_token`. Nothing of it is counted again. */
async function heldTrial(connection: Connection, { runnerId, leaseSeconds, token }: Claim): Promise<ClaimedTrial | null> {
  const rows = await connection.$queryRaw<unknown[]>`
    UPDATE trial
    SET lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision)
    FROM study
    WHERE trial.lease_token = ${token}::uuid AND trial.state = 'running' AND trial.lease_runner = ${runnerId}::uuid AND study.id = trial.study_id
    RETURNING trial.id, trial.study_id, trial.number, trial.parameters, trial.steps_done, study.spec, study.definition_version, study.objective_version AS trainer_version`;
  return claimedFromRow(rows[0], token);
}

function claimedFromRow(read: unknown, token: string): ClaimedTrial | null {
  if (read === undefined) return null;
  const row = claimedSchema.parse(read);
  return {
    trialId: row.id,
    token,
    studyId: row.study_id,
    number: row.number,
    spec: readDefinition(row.definition_version, row.spec),
    trainerVersion: row.trainer_version,
    parameters: row.parameters,
    stepsDone: row.steps_done,
  };
}

/** Unique violation (23505), in Prisma's wrapping or its driver's: the claim writes two unique indexes, of running trainings and of tokens. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === 'P2002' || JSON.stringify(error.meta ?? {}).includes('23505');
}
