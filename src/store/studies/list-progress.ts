import { z } from 'zod';
import { parameterValueSchema } from '../../space/schema.ts';
import { definitionVersions, readDefinition } from '../../studies/definition/stored.ts';
import type { ListedBest } from '../../studies/model/study.ts';
import { plannedTrials } from '../../studies/search/planned-trials.ts';
import type { Connection } from '../database/database.ts';

const finishedSchema = z.array(z.object({ studyId: z.uuid(), finished: z.int() }));
const bestSchema = z.array(
  z.object({
    studyId: z.uuid(),
    trialId: z.uuid(),
    number: z.int(),
    value: z.number(),
    parameters: z.record(z.string(), parameterValueSchema),
  }),
);

/** Returns the upper bound of a study's trials; null if there is none, or if this version cannot read the definition. */
export function plannedOf({ definitionVersion, spec }: { readonly definitionVersion: number; readonly spec: unknown }): number | null {
  const version = z.literal(definitionVersions).safeParse(definitionVersion);
  if (!version.success) return null;
  try {
    return plannedTrials(readDefinition(version.data, spec));
  } catch (error) {
    if (error instanceof z.ZodError) return null;
    throw error;
  }
}

/** The numbers that a study in a list shows beside its own row. */
interface ListProgress {
  readonly finished: number;
  readonly best: ListedBest | null;
}

/**
 * Reads, for the studies of a page, how many trials have ended and count, and the best one: by index, without reading trials.
 *
 * @returns the numbers of a study by its id
 */
export async function listProgress(connection: Connection, studyIds: readonly string[]): Promise<(studyId: string) => ListProgress> {
  const finished = finishedSchema.parse(
    await connection.$queryRaw`
      SELECT study_id AS "studyId", count(*)::int AS finished FROM trial
      WHERE study_id = ANY(${studyIds}::uuid[]) AND state IN ('completed', 'pruned', 'failed')
      GROUP BY study_id`,
  );
  const best = bestSchema.parse(
    await connection.$queryRaw`
      SELECT study.id AS "studyId", best.id AS "trialId", best.number, best.value, best.parameters
      FROM study CROSS JOIN LATERAL (
        SELECT id, number, value, parameters FROM trial
        WHERE study_id = study.id AND state = 'completed' AND score IS NOT NULL
          AND number <= COALESCE((study.outcome ->> 'lastTrial')::int, number)
        ORDER BY score DESC NULLS LAST, number LIMIT 1
      ) AS best
      WHERE study.id = ANY(${studyIds}::uuid[])`,
  );
  const finishedOf = new Map(finished.map((row) => [row.studyId, row.finished]));
  const bestOf = new Map(best.map(({ studyId, ...trial }) => [studyId, trial]));
  return (studyId) => ({ finished: finishedOf.get(studyId) ?? 0, best: bestOf.get(studyId) ?? null });
}
