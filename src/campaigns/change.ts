import { hasSameLabels } from '../studies/definition/changes.ts';
import { refuseOtherVersion } from '../studies/model/version.ts';
import { lockedCampaign } from './life-cycle.ts';
import type { CampaignTransactions } from './ports.ts';

/** Values of a campaign that a client changes; those that are absent stay. */
export interface CampaignChange {
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/**
 * Changes the labels of a campaign, also of one that has ended. Labels that it has already change nothing.
 *
 * @param version the version that the campaign must still have; null for any
 * @throws DomainError `campaign-not-found`; `precondition-failed` if it has another version
 */
export async function changeCampaign(
  store: CampaignTransactions,
  campaignId: string,
  { labels }: CampaignChange,
  version: number | null,
): Promise<void> {
  await store.transaction(async (tx) => {
    const campaign = await lockedCampaign(tx, campaignId);
    refuseOtherVersion('campaign', campaign, version);
    if (labels === undefined || hasSameLabels(labels, campaign.spec.labels ?? {})) return;
    tx.noteCommit('move');
    await tx.labelCampaign(campaignId, labels);
  });
}
