import { z } from 'zod';
import type { Page } from '../../shared/page.ts';
import type { StudySummary } from '../../studies/model/study.ts';
import type { StudyFilter } from '../../studies/ports/list.ts';
import type { Connection } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';
import { bestOfStudy, finishedFromObserved, listed, placeAt } from './listed.ts';
import { pageOf } from './page-of.ts';
import { listedStudySchema, studySummaryFromRow } from './summary-rows.ts';

const rowsSchema = z.array(listedStudySchema);

/** Reads a page of studies. Only the rows of the page are joined with their trials. */
export async function listStudies(connection: Connection, filter: StudyFilter): Promise<Page<StudySummary>> {
  const { campaign, labels = [], limit, sort } = filter;
  const { where, order } = listed(filter, [
    ...(campaign === undefined ? [] : [campaign === null ? Prisma.sql`campaign_id IS NULL` : Prisma.sql`campaign_id = ${campaign}::uuid`]),
    ...labels.map(({ name, value }) =>
      value === null ? Prisma.sql`labels ? ${name}` : Prisma.sql`labels @> ${JSON.stringify({ [name]: value })}::jsonb`,
    ),
    // The condition of the partial index.
    ...(labels.length > 0 ? [Prisma.sql`labels <> '{}'`] : []),
  ]);
  const rows = await connection.$queryRaw`
    SELECT study.id, name, state, outcome, labels, summary, definition_version, CASE WHEN summary IS NULL THEN spec END AS spec,
      observed, suggested, skipped, known, enqueued, elapsed_seconds, ticked_at, active_since, created_at, updated_at, ended_at, campaign_id, part_kind, part_name,
      study.observed + later.finished AS finished, best.trial AS best
    FROM (SELECT * FROM study WHERE ${where} ORDER BY ${order} LIMIT ${limit + 1}) AS study
    CROSS JOIN LATERAL (${finishedFromObserved}) AS later
    LEFT JOIN LATERAL (${bestOfStudy}) AS best ON true
    ORDER BY ${order}`;
  return pageOf(rowsSchema.parse(rows), limit, studySummaryFromRow, placeAt(sort));
}
