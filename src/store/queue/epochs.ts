import { z } from 'zod';
import { metricSchema } from '../../studies/definition/definition.ts';
import type { TrialIncident } from '../../studies/model/trial.ts';
import type { Directive, EpochRecord, Lease } from '../../studies/ports/queue.ts';
import type { Connection } from '../database/database.ts';
import { noteIncidents } from './incidents.ts';
import { keepEpoch } from './kept-epochs.ts';
import { keepLateEpoch } from './late.ts';

const heldSchema = z.array(
  z
    .object({ study_id: z.string(), state: z.string(), metric: metricSchema.required() })
    .transform(({ study_id: studyId, state, metric }) => ({ studyId, studyState: state, metric })),
);

/** The study of a trial that a token holds. The trial's row is locked by the statement that read it. */
export type HeldTrial = z.output<typeof heldSchema>[number];

/** `recordEpoch` of the queue, in the caller's transaction. */
export async function recordEpoch(tx: Connection, lease: Lease, record: EpochRecord, diverged: boolean): Promise<Directive> {
  const held = await storeEpoch(tx, lease, record, diverged);
  if (held) return directiveOf(held);
  await keepLateEpoch(tx, lease, record, diverged);
  return 'abandon';
}

/** `adoptEpochs` of the queue, in the caller's transaction. */
export async function adoptEpochs(tx: Connection, lease: Lease, epoch: number, incidents?: readonly TrialIncident[]): Promise<Directive> {
  const held = await adoptKnown(tx, lease, epoch);
  if (!held) return 'abandon';
  await noteIncidents(tx, lease.trialId, incidents);
  return directiveOf(held);
}

/**
 * Stores an epoch that was trained, with its metrics and checkpoint, under a lease, in the caller's transaction. A trial
 * that has the epoch already gets it again from a runner that lost the answer, and nothing is counted: one that trains it
 * again, after a broken checkpoint, says so first (`adoptEpochs`), and then it is counted as trained once more.
 *
 * @returns null where the token does not hold the trial; nothing is stored then
 */
export async function storeEpoch(tx: Connection, lease: Lease, record: EpochRecord, diverged: boolean): Promise<HeldTrial | null> {
  const { epoch, epochsDigest, metrics, incidents } = record;
  const [held] = heldSchema.parse(
    await tx.$queryRaw`
      UPDATE trial SET
          epochs_trained = epochs_trained + CASE WHEN epochs_digest = ${epochsDigest} AND epochs_done >= ${epoch}::int THEN 0 ELSE 1 END,
          epochs_done = CASE WHEN epochs_digest = ${epochsDigest} THEN GREATEST(epochs_done, ${epoch}::int) ELSE ${epoch}::int END,
          epochs_digest = ${epochsDigest},
          deaths = CASE WHEN ${epoch}::int > epochs_reached THEN 0 ELSE deaths END,
          epochs_reached = GREATEST(epochs_reached, ${epoch}::int)
      FROM study
      WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running' AND study.id = trial.study_id
      RETURNING study.id AS study_id, study.state, study.spec -> 'metric' AS metric`,
  );
  if (!held) return null;
  await tx.$executeRaw`
    INSERT INTO epoch_report (trial_id, epoch, metrics) VALUES (${lease.trialId}::uuid, ${epoch}::int, ${JSON.stringify(metrics)}::jsonb)
    ON CONFLICT (trial_id, epoch) DO UPDATE SET metrics = excluded.metrics`;
  await keepEpoch(tx, record, diverged);
  await noteIncidents(
    tx,
    lease.trialId,
    incidents?.map((incident) => ({ ...incident, epoch })),
  );
  return held;
}

/**
 * Makes known epochs the trial's own, up to and with one, in the caller's transaction: its result will stand on them,
 * and nothing was trained for it. Deaths go on counting: that a training was continued says nothing of its runner.
 *
 * @returns null where the token does not hold the trial; nothing is stored then
 */
export async function adoptKnown(tx: Connection, lease: Lease, epoch: number): Promise<HeldTrial | null> {
  const [held] = heldSchema.parse(
    await tx.$queryRaw`
      UPDATE trial SET epochs_done = ${epoch}::int, epochs_reached = GREATEST(epochs_reached, ${epoch}::int)
      FROM study
      WHERE trial.id = ${lease.trialId}::uuid AND trial.lease_token = ${lease.token}::uuid AND trial.state = 'running' AND study.id = trial.study_id
      RETURNING study.id AS study_id, study.state, study.spec -> 'metric' AS metric`,
  );
  if (!held) return null;
  if (epoch > 0)
    await tx.$executeRaw`
      INSERT INTO epoch_report (trial_id, epoch, metrics)
      SELECT trial.id, result.epoch, result.metrics
      FROM trial JOIN epoch_result AS result ON result.epochs_digest = trial.epochs_digest AND result.epoch <= ${epoch}::int
      WHERE trial.id = ${lease.trialId}::uuid
      ON CONFLICT (trial_id, epoch) DO NOTHING`;
  return held;
}

function directiveOf({ studyState }: HeldTrial): Directive {
  return studyState === 'active' ? 'continue' : 'pause';
}
