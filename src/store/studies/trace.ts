import type { Database } from '../database/database.ts';

/** Reads the `traceparent` that is stored with a study, or with that of a trial; null if there is none. */
export async function readTrace(database: Database, kind: 'study' | 'trial', id: string): Promise<string | null> {
  if (kind === 'study') return (await database.study.findUnique({ where: { id }, select: { trace: true } }))?.trace ?? null;
  const rows = await database.$queryRaw<{ trace: string | null }[]>`
    SELECT study.trace FROM trial JOIN study ON study.id = trial.study_id WHERE trial.id = ${id}::uuid`;
  return rows[0]?.trace ?? null;
}
