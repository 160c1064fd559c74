import { z } from 'zod';
import type { CampaignSummary } from '../../campaigns/campaign.ts';
import { type CampaignDefinitionSummary, campaignSummaryOf, campaignSummarySchema } from '../../campaigns/definition-summary.ts';
import { resolvedCampaignSchema } from '../../campaigns/spec.ts';
import type { Page } from '../../shared/page.ts';
import { labelsSchema, resolvedMetricSchema } from '../../studies/definition/definition.ts';
import type { ListFilter } from '../../studies/ports/list.ts';
import type { Connection } from '../database/database.ts';
import { bestOfStudy, finishedFromObserved, listed, placeAt } from '../studies/listed.ts';
import { pageOf } from '../studies/page-of.ts';
import { listedColumns, listedHead, shownOutcomeSchema } from '../studies/summary-rows.ts';
import { withLabels } from './labels.ts';

const rowSchema = z.object({ ...listedColumns, outcome: shownOutcomeSchema.nullable(), labels: labelsSchema.catch({}) });
type Row = z.output<typeof rowSchema>;

/**
 * Reads a page of campaigns. The best trial is that of the searches and the final; once the final has one, of the final alone if it
 * trains on other data, because values of both are not comparable then. Ties go to the final, then to the earlier part.
 */
export async function listCampaigns(connection: Connection, filter: ListFilter): Promise<Page<CampaignSummary>> {
  const { where, order } = listed(filter, withLabels(filter.labels ?? []));
  const rows = await connection.$queryRaw`
    SELECT campaign.id, name, state, outcome, labels, summary, definition_version, CASE WHEN summary IS NULL THEN spec END AS spec,
      created_at, updated_at, ended_at, sums.observed, sums.suggested, sums.finished, best.trial AS best
    FROM (SELECT * FROM campaign WHERE ${where} ORDER BY ${order} LIMIT ${filter.limit + 1}) AS campaign
    CROSS JOIN LATERAL (
      SELECT COALESCE(sum(study.observed), 0)::int AS observed, COALESCE(sum(study.suggested), 0)::int AS suggested,
        COALESCE(sum(study.observed + later.finished), 0)::int AS finished
      FROM study CROSS JOIN LATERAL (${finishedFromObserved}) AS later
      WHERE study.campaign_id = campaign.id
    ) AS sums
    LEFT JOIN LATERAL (
      SELECT best.trial FROM study CROSS JOIN LATERAL (${bestOfStudy}) AS best
      WHERE study.campaign_id = campaign.id AND study.part_kind IN ('search', 'grid')
      ORDER BY study.part_kind = 'grid' AND COALESCE((campaign.summary ->> 'finalAlone')::boolean, campaign.spec #> '{final,trainSize}' IS NOT NULL) DESC,
        best.score DESC, study.part_kind = 'grid' DESC, study.created_at, study.id
      LIMIT 1
    ) AS best ON true
    ORDER BY ${order}`;
  return pageOf(z.array(rowSchema).parse(rows), filter.limit, campaignSummaryFromRow, placeAt(filter.sort));
}

function campaignSummaryFromRow(row: Row): CampaignSummary {
  const { outcome, labels, observed, suggested, finished, best } = row;
  const { metric, studies, planned } = row.summary === null ? summaryOfStored(row) : campaignSummarySchema.parse(row.summary);
  return { ...listedHead(row), outcome, labels, metric, studies, planned, observed, suggested, finished, best };
}

/** The parts of a definition that lists show; a part that is not there or of another form is left out. */
const shownDefinitionSchema = z.object({
  metric: z.object(resolvedMetricSchema.shape).nullable().catch(null),
  studies: z.array(z.object({ name: z.string() })).catch([]),
});

/** Of a definition that was stored without a summary. */
function summaryOfStored({ spec }: Row): Omit<CampaignDefinitionSummary, 'finalAlone'> {
  const known = resolvedCampaignSchema.safeParse(spec);
  if (known.success) return campaignSummaryOf(known.data);
  const { metric, studies } = shownDefinitionSchema.parse(spec);
  return { metric, studies: studies.map(({ name }) => name), planned: null };
}
