import { insertNewStudy, newStudy } from '../studies/actions/create.ts';
import { isEnded } from '../studies/model/states.ts';
import { type PartView, readPartView } from './part-view.ts';
import { studyOf } from './parts.ts';
import { planCampaign } from './plan.ts';
import type { CampaignTransaction, CampaignTransactions } from './ports.ts';

/**
 * Advances a campaign as far as its ended parts allow: creates the next ones, or ends it. One transaction under the campaign's
 * lock; repeating it changes nothing. An inactive campaign is left alone.
 */
export async function advanceCampaign(store: CampaignTransactions, campaignId: string): Promise<void> {
  await store.transaction((tx) => stepCampaign(tx, campaignId));
}

/** A step of a campaign, in the caller's transaction. Of two studies that end at once the second waits for the lock here, and then sees that the first ended. */
export async function stepCampaign(tx: CampaignTransaction, campaignId: string): Promise<void> {
  const campaign = await tx.lockCampaign(campaignId);
  if (campaign?.state !== 'active') return;
  const parts = await tx.campaignParts(campaignId);
  // Nothing follows while a part is open: the leaders need not be read.
  if (parts.some(({ study }) => !isEnded(study.state))) return;
  const views: PartView[] = [];
  for (const { kind, name, study } of parts) {
    const { id, state } = study;
    const view = await readPartView(
      campaign.spec,
      { kind, name, state },
      {
        leaders: (limit) => tx.leaders(id, limit),
        nearestToLimits: (rule) => tx.nearestToLimits(id, rule),
      },
    );
    views.push(view);
  }
  const { insert, end } = planCampaign({ spec: campaign.spec, parts: views });
  if (insert.length > 0 || end) tx.noteCommit('campaign-step');
  for (const part of insert) await insertNewStudy(tx, newStudy(studyOf(part, campaignId)));
  if (end) await tx.updateCampaign(campaignId, end);
}
