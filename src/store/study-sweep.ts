import { z } from 'zod';
import { randomStream } from '../shared/random.ts';
import type { StudySweep } from '../studies/ports.ts';
import { type ResolvedSpec, resolvedSpecSchema, samplerOf } from '../studies/spec.ts';
import { campaignsDue } from './campaign-sweep.ts';
import { type Database, retried } from './database.ts';

/** What a sweep asks of PostgreSQL. */
export function studySweep(database: Database): StudySweep {
  return {
    tickWallClock: (longestSeconds) => retried(() => tickWallClock(database, longestSeconds)),
    studiesDue: () => studiesDue(database),
    campaignsDue: () => campaignsDue(database),
  };
}

/**
 * Several runners tick the same row; each adds only the time since the tick before, whoever made that. A study that a
 * transaction is changing is left for the next tick, which adds the time of both: nobody waits for anybody.
 */
async function tickWallClock(database: Database, longestSeconds: number): Promise<void> {
  await database.$executeRaw`
    WITH free AS (
      SELECT id FROM study WHERE state = 'active' AND spec -> 'budget' ? 'wallClockSeconds'
      ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE study
    SET elapsed_seconds = elapsed_seconds + CASE
          WHEN ticked_at IS NULL OR clock_timestamp() - ticked_at > make_interval(secs => ${longestSeconds}::double precision) THEN 0
          ELSE greatest(extract(epoch FROM clock_timestamp() - ticked_at)::double precision, 0)
        END,
        ticked_at = clock_timestamp()
    FROM free WHERE study.id = free.id`;
}

const candidateSchema = z.object({
  id: z.string(),
  spec: z.unknown(),
  sampler_version: z.number(),
  sampler_state: z.unknown(),
  folded: z.number(),
  proposed: z.number(),
  open: z.number(),
  next_is_final: z.boolean(),
  time_is_up: z.boolean(),
});
type Candidate = z.infer<typeof candidateSchema>;

/**
 * Active studies that nobody moves. A trial that finished left a place open, so only studies with fewer open trials
 * than their parallelism (or with a definition that has none, which is broken) are looked at; times of commits, which have no order, are not compared. Cheap per study: the
 * open trials are a range of `trial (study_id, state, number)`, the next trial to fold is one probe.
 */
async function studiesDue(database: Database): Promise<string[]> {
  const rows = await database.$queryRaw`
    SELECT candidate.* FROM (
      SELECT study.id, study.spec, study.sampler_version, study.sampler_state, study.folded, study.proposed,
        (SELECT count(*)::int FROM trial WHERE trial.study_id = study.id AND trial.state IN ('queued', 'running')) AS open,
        EXISTS (
          SELECT 1 FROM trial
          WHERE trial.study_id = study.id AND trial.number = study.folded AND trial.state IN ('completed', 'pruned', 'failed')
        ) AS next_is_final,
        COALESCE(study.elapsed_seconds >= (study.spec -> 'budget' ->> 'wallClockSeconds')::double precision, false) AS time_is_up
      FROM study WHERE study.state = 'active'
    ) AS candidate
    WHERE candidate.time_is_up OR candidate.open < COALESCE((candidate.spec ->> 'parallelism')::int, candidate.open + 1)
    ORDER BY candidate.id`;
  return z
    .array(candidateSchema)
    .parse(rows)
    .filter(isDue)
    .map((row) => row.id);
}

/** What this version cannot read is for the advance to report, as a fault of that study alone. */
function isDue(candidate: Candidate): boolean {
  if (candidate.time_is_up || candidate.open === 0) return true;
  try {
    return wouldMove(resolvedSpecSchema.parse(candidate.spec), candidate);
  } catch {
    return true;
  }
}

/**
 * Whether an advance would move a study with open trials. The sampler itself is asked: a generational one waits for its
 * last trial with places open, and a search near its end leaves them open too.
 */
function wouldMove(spec: ResolvedSpec, candidate: Candidate): boolean {
  const sampler = samplerOf(spec);
  if (sampler.version !== candidate.sampler_version) return true;
  if (candidate.next_is_final && sampler.sees !== 'generations') return true;
  return sampler.sees !== 'window' && hasMore(spec, candidate);
}

/** Whether the budget and the sampler give another trial as things are. */
function hasMore(spec: ResolvedSpec, { sampler_state: state, proposed }: Candidate): boolean {
  if (proposed >= (spec.budget.trials ?? Number.POSITIVE_INFINITY)) return false;
  const stream = (purpose: string, ...indices: number[]) => randomStream(spec.seed, purpose, ...indices);
  return samplerOf(spec).suggest(state, { firstNumber: proposed, count: 1, stream, history: [], pending: [] }).kind === 'suggestions';
}
