import { DomainError } from '../shared/errors.ts';
import type { StudyOwner } from '../studies/ports/transactions.ts';
import { stepCampaign } from './advance.ts';
import type { CampaignTransaction } from './ports.ts';

/**
 * The hook through which studies report to their campaigns. A study's end and its consequences for the campaign are one
 * transaction. The study's lock is held; the campaign's is taken after it.
 */
export function campaignOwner(tx: CampaignTransaction): StudyOwner {
  return {
    studyEnded: async ({ campaign }) => {
      if (campaign) await stepCampaign(tx, campaign.campaignId);
    },
    beforeMove: async ({ campaign, state }, move) => {
      const owner = campaign && (await tx.lockCampaign(campaign.campaignId));
      if (move !== 'resume' || owner?.state !== 'paused') return;
      throw new DomainError('state-conflict', 'cannot resume a study of a campaign that is paused: resume the campaign', {
        details: { state },
      });
    },
  };
}
