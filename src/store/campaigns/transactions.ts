import { type CampaignPart, partKindSchema } from '../../campaigns/campaign.ts';
import { campaignSummaryOf } from '../../campaigns/definition-summary.ts';
import type { CampaignTransaction } from '../../campaigns/ports.ts';
import { objectiveFor } from '../../objectives/table.ts';
import { isEnded } from '../../studies/model/states.ts';
import type { Study } from '../../studies/model/study.ts';
import type { Ownership, StudyTransaction } from '../../studies/ports/transactions.ts';
import { type Connection, readsOf } from '../database/database.ts';
import { leaderboard, nearestToLimits } from '../studies/leaderboard.ts';
import { jsonFor, studyFromRow } from '../studies/rows.ts';
import { labelledCampaign } from './labels.ts';

/** Changes of campaigns, inside a transaction. */
export function campaignTransaction(tx: Connection, ownership: Ownership): Omit<CampaignTransaction, keyof StudyTransaction> {
  return {
    leaders: async (studyId, limit) => (await leaderboard(readsOf(tx), studyId, limit)).trials,
    nearestToLimits: (studyId, rule) => nearestToLimits(readsOf(tx), studyId, rule),
    insertCampaign: async ({ id, spec: { labels = {}, ...spec } }) => {
      await tx.campaign.create({
        data: {
          id,
          name: spec.name,
          spec: jsonFor(spec),
          labels,
          state: 'active',
          objectiveName: spec.objective.type,
          objectiveVersion: objectiveFor(spec.objective).version,
          definitionVersion: 1,
          summary: jsonFor(campaignSummaryOf(spec)),
          ...ownership,
        },
      });
    },
    lockCampaign: (campaignId) => lockCampaign(tx, campaignId),
    campaignParts: (campaignId) => campaignParts(tx, campaignId),
    updateCampaign: (campaignId, change) => updateCampaign(tx, campaignId, change),
    labelCampaign: async (campaignId, labels) => {
      await tx.campaign.update({ where: { id: campaignId }, data: { labels, version: { increment: 1 } } });
    },
    deleteCampaign: async (campaignId) => {
      await tx.campaign.delete({ where: { id: campaignId } });
    },
  };
}

/** `FOR NO KEY UPDATE` serialises campaign steps without blocking foreign-key checks; later reads see the previous holder's commit. */
async function lockCampaign(tx: Connection, campaignId: string) {
  await tx.$queryRaw`SELECT 1 FROM campaign WHERE id = ${campaignId}::uuid FOR NO KEY UPDATE`;
  const row = await tx.campaign.findUnique({ where: { id: campaignId } });
  return row && labelledCampaign(row);
}

/** Parts that one transaction created share its time; their ids, made one after another, keep their order. */
export async function campaignParts(connection: Connection, campaignId: string): Promise<CampaignPart[]> {
  const rows = await connection.study.findMany({ where: { campaignId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  return partsOf(rows.map(studyFromRow));
}

/** Returns studies of campaigns as parts of them. */
export function partsOf(studies: readonly Study[]): CampaignPart[] {
  return studies.flatMap((study) =>
    study.campaign ? [{ ...study.campaign, kind: partKindSchema.parse(study.campaign.kind), study }] : [],
  );
}

async function updateCampaign(
  tx: Connection,
  campaignId: string,
  { state, outcome }: Parameters<CampaignTransaction['updateCampaign']>[1],
): Promise<void> {
  await tx.$executeRaw`
    UPDATE campaign
    SET version = version + 1,
        updated_at = clock_timestamp(),
        state = ${state},
        ended_at = CASE WHEN ${isEnded(state)} THEN clock_timestamp() ELSE ended_at END,
        outcome = COALESCE(${outcome ? JSON.stringify(outcome) : null}::jsonb, outcome)
    WHERE id = ${campaignId}::uuid`;
}
