import { z } from 'zod';
import type { Capability, Job } from '../../objectives/contract.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import { definitionVersions, readDefinition } from '../../studies/definition/stored.ts';
import type { ClaimedTrial } from '../../studies/ports/queue.ts';
import { jobOf } from '../../studies/search/queued-trials.ts';
import type { ProjectLimits } from '../access/project-limits.ts';
import { type Connection, readsOf } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import type { ProjectTurns } from './project-turns.ts';
import { nextTrial } from './waiting-trials.ts';

/** A claim that lost this many races for an exclusion key or a slot finds nothing; its slot asks again soon. */
const racesAtMost = 5;

/** A claim, as a runner makes it. */
interface Claim {
  readonly runnerId: string;
  readonly leaseSeconds: number;
  readonly token: string;
  readonly capabilities: readonly Capability[];
  /** As this process knows them. */
  readonly limits: ProjectLimits;
  readonly turns: ProjectTurns;
}

/**
 * Takes the next waiting trial (see `nextTrial`) under a new lease.
 *
 * A trial of the same exclusion key that starts at this very moment is invisible to the statement that looks; the unique
 * index `trial_exclusion_running` refuses the second, and the claim looks again. So does `trial_project_slot` with the last slot of a
 * project. A token that holds a trial already (the
 * answer was lost) cannot take another: `trial_lease_token` refuses it, and the trial that it holds is the answer.
 */
export async function claimTrial(connection: Connection, claim: Claim): Promise<ClaimedTrial | null> {
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
 * Columns of a claimed trial. Of its study's definition only the time limit is read; the complete definition only if the trial was
 * queued by a version that stored no job.
 */
const claimedColumns = Prisma.sql`
  trial.id, trial.study_id, trial.project, trial.number, trial.parameters, trial.steps_done, trial.objective_name, trial.objective_version,
  trial.payload, trial.steps_wanted, trial.exclusion_key, trial.evaluate, study.trace,
  (study.spec ->> 'timeoutSeconds')::double precision AS timeout_seconds,
  CASE WHEN trial.payload IS NULL OR trial.steps_wanted IS NULL THEN study.spec END AS spec, study.definition_version`;

const claimedSchema = z.object({
  id: z.string(),
  study_id: z.string(),
  project: z.string(),
  number: z.number(),
  parameters: z.record(z.string(), parameterValueSchema),
  steps_done: z.number(),
  objective_name: z.string(),
  objective_version: z.number(),
  payload: z.record(z.string(), z.json()).nullable(),
  steps_wanted: z.number().nullable(),
  exclusion_key: z.string().nullable(),
  evaluate: z.boolean(),
  trace: z.string().nullable(),
  timeout_seconds: z.number().nullable(),
  spec: z.unknown(),
  definition_version: z.number(),
});

/** Steps without a key counted for the attempt that measured them: a new one begins anew. */
async function takeNext(
  connection: Connection,
  { runnerId, leaseSeconds, token, capabilities, ...projects }: Claim,
): Promise<ClaimedTrial | null> {
  const limits = await projects.limits.now(readsOf(connection));
  const rows = await connection.$queryRaw<unknown[]>`
    WITH next AS (${nextTrial(capabilities, projects.turns.parts(limits))})
    UPDATE trial
    SET state = 'running', attempts = attempts + 1, started_at = COALESCE(started_at, clock_timestamp()),
        steps_done = CASE WHEN result_key IS NULL THEN 0 ELSE steps_done END,
        lease_token = ${token}::uuid, lease_runner = ${runnerId}::uuid, project_slot = next.project_slot,
        lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision)
    FROM next, study
    WHERE trial.id = next.id AND study.id = trial.study_id
    RETURNING ${claimedColumns}, next.start`;
  const [row] = rows;
  if (row === undefined) return null;
  projects.turns.charge(turnSchema.parse(row), limits);
  return claimedFromRow(row, token);
}

const turnSchema = z.object({ project: z.string(), start: z.number() });

/** The trial that a token holds, its lease renewed, by the index `trial_lease_token`. Nothing of it is counted again. */
async function heldTrial(connection: Connection, { runnerId, leaseSeconds, token }: Claim): Promise<ClaimedTrial | null> {
  const rows = await connection.$queryRaw<unknown[]>`
    UPDATE trial
    SET lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision)
    FROM study
    WHERE trial.lease_token = ${token}::uuid AND trial.state = 'running' AND trial.lease_runner = ${runnerId}::uuid AND study.id = trial.study_id
    RETURNING ${claimedColumns}`;
  return claimedFromRow(rows[0], token);
}

function claimedFromRow(read: unknown, token: string): ClaimedTrial | null {
  if (read === undefined) return null;
  const row = claimedSchema.parse(read);
  return {
    trialId: row.id,
    token,
    studyId: row.study_id,
    project: row.project,
    number: row.number,
    objective: { name: row.objective_name, version: row.objective_version },
    job: jobFromRow(row),
    timeoutSeconds: row.timeout_seconds,
    parameters: row.parameters,
    stepsDone: row.steps_done,
    trace: row.trace,
  };
}

/** The job as stored with the trial. A trial of an earlier version has none: its job is derived from the definition by today's rules. */
function jobFromRow({ payload, steps_wanted: steps, exclusion_key: exclusionKey, evaluate, ...row }: z.output<typeof claimedSchema>): Job {
  if (payload === null || steps === null)
    return jobOf(readDefinition(z.literal(definitionVersions).parse(row.definition_version), row.spec), row);
  return { payload, steps, exclusionKey, evaluate };
}

/** Unique violation (23505), in Prisma's wrapping or its driver's: the claim writes unique indexes, of exclusion keys that run, of tokens and of slots. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === 'P2002' || JSON.stringify(error.meta ?? {}).includes('23505');
}
