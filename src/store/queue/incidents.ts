import type { TrialIncident } from '../../studies/model/trial.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/**
 * Stores incidents of an open trial, in the transaction that changes it. One per kind and step: on conflict the stored incident
 * stays. Never called for a final trial: its incidents may be in the event log already.
 */
export async function noteIncidents(tx: Connection, trialId: string, incidents: readonly TrialIncident[] = []): Promise<void> {
  if (incidents.length > 0) await tx.$executeRaw(incidentsInsert(incidents, Prisma.sql`SELECT ${trialId}::uuid AS id`));
}

/** The statement that stores incidents. @param trial a query of the trial's `id`; no row: nothing is stored */
export function incidentsInsert(incidents: readonly TrialIncident[], trial: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO trial_incident (trial_id, kind, step, detail)
    SELECT trial.id, incident.kind, incident.step, incident.detail
    FROM (${trial}) AS trial CROSS JOIN jsonb_to_recordset(${JSON.stringify(incidents)}::jsonb) AS incident (kind text, step int, detail text)
    ON CONFLICT (trial_id, kind, step) DO NOTHING`;
}
