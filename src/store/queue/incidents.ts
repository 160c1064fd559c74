import type { TrialIncident } from '../../studies/model/trial.ts';
import type { Connection } from '../database/database.ts';

/**
 * Stores incidents of an open trial, in the transaction that changes it. One per kind and step: on conflict the stored incident
 * stays. Never called for a final trial: its incidents may be in the event log already.
 */
export async function noteIncidents(tx: Connection, trialId: string, incidents: readonly TrialIncident[] = []): Promise<void> {
  if (incidents.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO trial_incident (trial_id, kind, step, detail)
    SELECT ${trialId}::uuid, incident.kind, incident.step, incident.detail
    FROM jsonb_to_recordset(${JSON.stringify(incidents)}::jsonb) AS incident (kind text, step int, detail text)
    ON CONFLICT (trial_id, kind, step) DO NOTHING`;
}
