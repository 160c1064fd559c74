import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { ResolvedSpec } from '../../studies/definition/definition.ts';
import { definitionVersions, readDefinition } from '../../studies/definition/stored.ts';
import { studyStateSchema } from '../../studies/model/states.ts';
import type { AskedStudy } from '../../studies/ports/workers.ts';
import type { DirectConnection } from '../database/direct.ts';

/** Definitions that a process keeps in memory: they never change. */
const definitionsAtMost = 1000;

/** Definitions of studies, by id. */
export type Definitions = LRUCache<string, ResolvedSpec>;

/** An empty cache of definitions. */
export function definitionCache(): Definitions {
  return new LRUCache<string, ResolvedSpec>({ max: definitionsAtMost });
}

const rowSchema = z.object({
  spec: z.unknown(),
  definition_version: z.literal(definitionVersions),
  state: studyStateSchema,
  objective_version: z.number(),
  sampler_version: z.number(),
  sampler_state: z.unknown(),
  observed: z.number(),
  suggested: z.number(),
  with_value: z.number(),
  event_count: z.number().nullable(),
  event_head: z.string().nullable(),
  elapsed_seconds: z.number(),
  checkpoints: z.number(),
  has_waiting: z.boolean(),
});

/**
 * Locks a study and reads what a request for trials needs, in one statement. The definition is sent only if this process does not
 * know it. Trials that wait are looked for without locks: one that begins to wait at this moment is found by the next request.
 */
export async function lockAskedStudy(connection: DirectConnection, studyId: string, definitions: Definitions): Promise<AskedStudy | null> {
  const known = definitions.get(studyId);
  const [found] = await connection.rows({
    text: `
      SELECT CASE WHEN $2 THEN study.spec END AS spec, study.definition_version, study.state, study.objective_version,
        study.sampler_version, study.sampler_state, study.observed, study.suggested, study.with_value, study.event_count, study.event_head,
        study.elapsed_seconds,
        COALESCE((SELECT max(sequence) + 1 FROM study_checkpoint WHERE study_id = study.id), 0) AS checkpoints,
        EXISTS (SELECT 1 FROM trial WHERE study_id = study.id AND state = 'queued')
          OR EXISTS (SELECT 1 FROM trial WHERE study_id = study.id AND state = 'running' AND lease_until < clock_timestamp()) AS has_waiting
      FROM study WHERE id = $1::uuid
      FOR NO KEY UPDATE`,
    values: [studyId, known === undefined],
  });
  if (found === undefined) return null;
  const row = rowSchema.parse(found);
  const spec = known ?? readDefinition(row.definition_version, row.spec);
  definitions.set(studyId, spec);
  return {
    id: studyId,
    spec,
    state: row.state,
    objectiveVersion: row.objective_version,
    sampler: {
      version: row.sampler_version,
      state: row.sampler_state,
      observed: row.observed,
      suggested: row.suggested,
      withValue: row.with_value,
    },
    events: row.event_count === null || row.event_head === null ? null : { count: row.event_count, hash: row.event_head },
    checkpoints: row.checkpoints,
    elapsedSeconds: row.elapsed_seconds,
    hasWaiting: row.has_waiting,
  };
}
