import type { TestEvaluation } from '../../objectives/text-classifier/test-evaluation.ts';
import type { Connection } from '../database/database.ts';

/** Stores what the model of a trial is worth on the test split, in the transaction that completes the trial. */
export async function insertEvaluation(tx: Connection, trialId: string, evaluation: TestEvaluation): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO trial_evaluation (trial_id, evaluation) VALUES (${trialId}::uuid, ${JSON.stringify(evaluation)}::jsonb)`;
}
