import type { Campaign } from '../../campaigns/campaign.ts';
import { labelsSchema } from '../../studies/definition/definition.ts';
import type { ListFilter } from '../../studies/ports/list.ts';
import { Prisma, type Campaign as Row } from '../generated/client.ts';
import { campaignFromRow } from '../studies/rows.ts';

/** Reads a campaign with its labels, which the stored definition does not have, so that earlier releases can read it. */
export function labelledCampaign(row: Row): Campaign {
  const campaign = campaignFromRow(row);
  const labels = labelsSchema.parse(row.labels);
  return Object.keys(labels).length === 0 ? campaign : { ...campaign, spec: { ...campaign.spec, labels } };
}

/** The conditions of a list of campaigns with all these labels, as those of the list of studies. */
export function withLabels(labels: NonNullable<ListFilter['labels']>): Prisma.Sql[] {
  return labels.map(({ name, value }) =>
    value === null ? Prisma.sql`labels ? ${name}` : Prisma.sql`labels @> ${JSON.stringify({ [name]: value })}::jsonb`,
  );
}
