import type { Json } from '../../shared/digest.ts';
import type { Connection } from '../database/database.ts';

/** Stores the held-out measurements of a trial, in the transaction that completes the trial. */
export async function insertEvaluation(tx: Connection, trialId: string, evaluation: Json): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO trial_evaluation (trial_id, evaluation) VALUES (${trialId}::uuid, ${JSON.stringify(evaluation)}::jsonb)`;
}
