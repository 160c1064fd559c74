import { z } from 'zod';
import { prunerOptionsSchema } from '../../pruners/table.ts';
import type { CommitName } from '../../shared/fault-points.ts';
import type { TrialIncident } from '../../studies/model/trial.ts';
import type { Directive, Lease, Settlement, StepRecord } from '../../studies/ports/queue.ts';
import { isJudgedAt, stops } from '../../studies/pruning/judgement.ts';
import { type Connection, type Database, inStatement, inTransaction, readsOf } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { judgeStep, lockJudged } from '../pruning/judge.ts';
import { pruneTrial } from '../pruning/prune.ts';
import { rankedSpecSchema, rankingRule } from '../studies/ranking-metric.ts';
import { incidentsInsert, noteIncidents } from './incidents.ts';
import { checkpointInsert, resultInsert } from './kept-steps.ts';
import { keepLateStep } from './late.ts';

const pruner = Prisma.sql`study.spec -> 'pruner' AS pruner`;

const heldSchema = z.array(
  z
    .object({ study_id: z.string(), state: z.string(), spec: rankedSpecSchema, pruner: prunerOptionsSchema.nullable() })
    .transform(({ study_id: studyId, state, ...rest }) => ({ studyId, studyState: state, ...rest })),
);

/** The study of the trial that a token holds. The trial's row is locked by the statement that read it. */
export type StudyOfLease = z.output<typeof heldSchema>[number];

/**
 * `recordStep` of the queue: one statement under a lease, a transaction for a late step. A pruner judges the step after it is stored: if the
 * process dies in between, the next attempt is judged after the same step.
 */
export async function recordStep(
  database: Database,
  lease: Lease,
  record: StepRecord,
  diverged: boolean,
): Promise<Directive | StoppedEarly> {
  const held = await inStatement('report', () => storeStep(database, lease, record, diverged));
  if (held) {
    const isDue = held.pruner !== null && !diverged && isJudgedAt(held.pruner, record.step, null);
    const stopped = isDue ? await judgeReport(database, lease, record) : null;
    return stopped ?? directiveOf(held);
  }
  const stopped = await inTransaction(
    database,
    (tx) => keepLateStep(tx, lease, record, diverged),
    () => ['report'],
  );
  return stopped ?? 'abandon';
}

/** The settlement of a trial that its pruner stopped. */
export type StoppedEarly = Extract<Settlement, { kind: 'settled' }>;

/** @returns null: the trial goes on, or the token lost it meanwhile */
async function judgeReport(database: Database, lease: Lease, { step, values }: StepRecord): Promise<StoppedEarly | null> {
  const settling = new Set<CommitName>();
  return inTransaction(
    database,
    async (tx) => {
      settling.clear();
      const read = readsOf(tx);
      const trial = await lockJudged(read, lease.trialId);
      if (trial?.token !== lease.token) return null;
      const judgement = await judgeStep(read, trial, step, values);
      if (!judgement || !stops(judgement)) return null;
      settling.add('settle');
      const { studyId } = await pruneTrial(read, lease, { trial, step, values });
      return { kind: 'settled', studyId };
    },
    () => settling,
  );
}

/** `adopt` of the continuation, in the caller's transaction. */
export async function adoptSteps(tx: Connection, lease: Lease, step: number, incidents?: readonly TrialIncident[]): Promise<Directive> {
  const held = await adoptKnown(tx, lease, step);
  if (!held) return 'abandon';
  await noteIncidents(tx, lease.trialId, incidents);
  return directiveOf(held);
}

/**
 * Stores a trained step, with its values, checkpoint and incidents, under a lease, in one statement. If the trial has the step
 * already, its runner lost the answer and repeats the call: nothing is counted. A runner that trains a step again after a broken
 * checkpoint first calls `Continuation.adopt`, and then the step counts as trained once more.
 *
 * @returns null if the token does not hold the trial; nothing is stored then
 */
export async function storeStep(
  connection: Connection,
  { trialId, token }: Lease,
  record: StepRecord,
  diverged: boolean,
): Promise<StudyOfLease | null> {
  const { step, resultKey, values } = record;
  // All other parts insert from its row: the trial is locked before anything else is.
  const moved = Prisma.sql`
    UPDATE trial SET
        steps_trained = steps_trained + CASE WHEN result_key IS NOT DISTINCT FROM ${resultKey} AND steps_done >= ${step}::int THEN 0 ELSE 1 END,
        steps_done = CASE WHEN result_key IS NOT DISTINCT FROM ${resultKey} THEN GREATEST(steps_done, ${step}::int) ELSE ${step}::int END,
        result_key = ${resultKey},
        lease_expiries = CASE WHEN ${step}::int > steps_reached THEN 0 ELSE lease_expiries END,
        steps_reached = GREATEST(steps_reached, ${step}::int)
    FROM study
    WHERE trial.id = ${trialId}::uuid AND trial.lease_token = ${token}::uuid AND trial.state = 'running' AND study.id = trial.study_id
    RETURNING trial.id, trial.attempts, study.id AS study_id, study.state, ${rankingRule} AS spec, ${pruner}`;
  const measured = Prisma.sql`
    INSERT INTO measurement (trial_id, attempt, step, values)
    SELECT id, attempts, ${step}::int, ${JSON.stringify(values)}::jsonb FROM moved
    ON CONFLICT (trial_id, attempt, step) DO UPDATE SET values = excluded.values`;
  const parts = [Prisma.sql`moved AS (${moved})`, Prisma.sql`measured AS (${measured})`, ...keptParts(record, diverged)];
  const rows = await connection.$queryRaw`WITH ${Prisma.join(parts)} SELECT study_id, state, spec, pruner FROM moved`;
  return heldSchema.parse(rows)[0] ?? null;
}

/** The parts that keep a step for equal trainings, and its incidents. */
function keptParts({ step, resultKey, values, checkpoint, incidents }: StepRecord, diverged: boolean): Prisma.Sql[] {
  const from = Prisma.sql`FROM moved`;
  const noted = (incidents ?? []).map((incident) => ({ ...incident, step }));
  const parts: Prisma.Sql[] = [];
  if (resultKey !== null) parts.push(Prisma.sql`kept AS (${resultInsert({ resultKey, step, values, diverged }, from)})`);
  if (resultKey !== null && checkpoint) parts.push(Prisma.sql`continued AS (${checkpointInsert(resultKey, checkpoint, from)})`);
  if (noted.length > 0) parts.push(Prisma.sql`noted AS (${incidentsInsert(noted, Prisma.sql`SELECT id FROM moved`)})`);
  return parts;
}

/**
 * Attributes the known steps 1…`step` to the trial, in the caller's transaction: its result will consist of them, and nothing was
 * trained for it. Lease expiries keep counting: a continued training says nothing about its runner.
 *
 * @returns null if the token does not hold the trial; nothing is stored then
 */
export async function adoptKnown(tx: Connection, lease: Lease, step: number): Promise<StudyOfLease | null> {
  const [held] = heldSchema.parse(
    await tx.$queryRaw`
      UPDATE trial SET steps_done = ${step}::int, steps_reached = GREATEST(steps_reached, ${step}::int)
      FROM study
      WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running' AND study.id = trial.study_id
      RETURNING study.id AS study_id, study.state, ${rankingRule} AS spec, ${pruner}`,
  );
  if (!held) return null;
  if (step > 0)
    await tx.$executeRaw`
      INSERT INTO measurement (trial_id, attempt, step, values)
      SELECT trial.id, trial.attempts, result.step, result.values
      FROM trial JOIN step_result AS result ON result.result_key = trial.result_key AND result.step <= ${step}::int
      WHERE trial.id = ${lease.trialId}::uuid
      ON CONFLICT (trial_id, attempt, step) DO NOTHING`;
  return held;
}

function directiveOf({ studyState }: StudyOfLease): Directive {
  return studyState === 'active' ? 'continue' : 'pause';
}
