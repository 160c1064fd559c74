import { z } from 'zod';
import type { StudySweep } from '../studies/ports.ts';
import type { Database } from './database.ts';

const idsSchema = z.array(z.object({ id: z.string() }));

/** What a sweep asks of PostgreSQL. */
export function studySweep(database: Database): StudySweep {
  return {
    tickWallClock: (longestSeconds) => tickWallClock(database, longestSeconds),
    studiesDue: () => studiesDue(database),
  };
}

/** Several runners tick the same row; each adds only the time since the tick before, whoever made that. */
async function tickWallClock(database: Database, longestSeconds: number): Promise<void> {
  await database.$executeRaw`
    UPDATE study
    SET elapsed_seconds = elapsed_seconds + CASE
          WHEN ticked_at IS NULL OR clock_timestamp() - ticked_at > make_interval(secs => ${longestSeconds}::double precision) THEN 0
          ELSE greatest(extract(epoch FROM clock_timestamp() - ticked_at)::double precision, 0)
        END,
        ticked_at = clock_timestamp()
    WHERE state = 'active' AND spec -> 'budget' ? 'wallClockSeconds'`;
}

/**
 * Active studies that nobody moves: a final trial waits to be folded at the very place where folding goes on, fewer
 * trials are open than could be, or the time is up. Cheap per study: each question is one probe of an index.
 */
async function studiesDue(database: Database): Promise<string[]> {
  const rows = await database.$queryRaw`
    SELECT study.id FROM study
    WHERE study.state = 'active' AND (
      NOT EXISTS (SELECT 1 FROM trial WHERE trial.study_id = study.id AND trial.state IN ('queued', 'running'))
      OR EXISTS (
        SELECT 1 FROM trial
        WHERE trial.study_id = study.id AND trial.number = study.folded AND trial.state IN ('completed', 'pruned', 'failed')
      )
      OR EXISTS (
        SELECT 1 FROM trial
        WHERE trial.study_id = study.id AND trial.number >= study.folded AND trial.state IN ('completed', 'pruned', 'failed')
          AND trial.finished_at > study.updated_at
      )
      OR study.elapsed_seconds >= (study.spec -> 'budget' ->> 'wallClockSeconds')::double precision
    )
    ORDER BY study.id`;
  return idsSchema.parse(rows).map((row) => row.id);
}
