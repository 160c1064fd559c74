import { z } from 'zod';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/** A study in a statement: its id, the number of its first trial that is not observed, and a number of open trials. */
interface StudyTerms {
  readonly id: Prisma.Sql;
  readonly observed: Prisma.Sql;
  readonly most: Prisma.Sql;
}

/**
 * The number of the first trial, not observed yet, that meets a condition; null if there is none. A minimum is the first entry of a range
 * of the index. An `EXISTS` may read the queue of all studies.
 */
export function firstTrial({ id, observed }: Omit<StudyTerms, 'most'>, condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT min(number) FROM trial WHERE study_id = ${id} AND number >= ${observed} AND ${condition})`;
}

const queued = Prisma.sql`state = 'queued'`;
const running = Prisma.sql`state = 'running'`;

/**
 * The number of the first open trial, if at least `most` are open; null if fewer are. In the order of the index no more entries are
 * read than count: else the planner may look for some of many open ones in the whole table.
 */
export function firstOpenIfFull(study: StudyTerms): Prisma.Sql {
  const { id, most } = study;
  const countOf = (state: Prisma.Sql): Prisma.Sql => Prisma.sql`
    (SELECT count(*) FROM (SELECT 1 FROM trial WHERE study_id = ${id} AND ${state} ORDER BY number LIMIT ${most}) AS open)`;
  return Prisma.sql`
    CASE WHEN ${countOf(queued)} + ${countOf(running)} >= ${most} THEN LEAST(${firstTrial(study, queued)}, ${firstTrial(study, running)}) END`;
}

const firstSchema = z.array(z.object({ first: z.number().nullable() }));

/** Reads `firstOpenIfFull`. */
export async function readFirstOpenIfFull(
  connection: Connection,
  studyId: string,
  { observed, most }: { readonly observed: number; readonly most: number },
): Promise<number | null> {
  const study = { id: Prisma.sql`${studyId}::uuid`, observed: Prisma.sql`${observed}::int`, most: Prisma.sql`${most}::int` };
  const rows = await connection.$queryRaw`SELECT ${firstOpenIfFull(study)} AS first`;
  return firstSchema.parse(rows)[0]?.first ?? null;
}
