import { insertNewStudy, newStudy } from '../studies/actions/create.ts';
import { isEnded } from '../studies/model/states.ts';
import type { Study } from '../studies/model/study.ts';
import type { StudyTransaction, Transactions } from '../studies/ports/ports.ts';
import type { Campaign, CampaignPart } from './campaign.ts';
import { studyOf } from './parts.ts';
import { leadersWanted, type PartView, planCampaign } from './plan.ts';

/**
 * Moves a campaign as far as its ended parts allow: creates the next ones, or ends it. One transaction under the
 * campaign's lock; doing it twice changes nothing. A campaign that is not active is left alone.
 */
export async function advanceCampaign(store: Transactions, campaignId: string): Promise<void> {
  await store.transaction((tx) => step(tx, campaignId));
}

/**
 * Moves the campaign that a study belongs to. Called inside the transaction that ends the study, once that is stored:
 * the end and what follows from it are one. The study's lock is held; the campaign's is taken after it. Of two
 * studies that end at once the second waits here, and then sees that the first ended.
 */
export async function stepCampaignOf(tx: StudyTransaction, study: Pick<Study, 'campaign'>): Promise<void> {
  if (study.campaign) await step(tx, study.campaign.campaignId);
}

async function step(tx: StudyTransaction, campaignId: string): Promise<void> {
  const campaign = await tx.lockCampaign(campaignId);
  if (campaign?.state !== 'active') return;
  const parts = await tx.campaignParts(campaignId);
  // Nothing follows while a part is open: the leaders need not be read.
  if (parts.some(({ study }) => !isEnded(study.state))) return;
  const views: PartView[] = [];
  for (const part of parts) views.push(await viewOf(tx, campaign, part));
  const { insert, end } = planCampaign({ spec: campaign.spec, parts: views });
  if (insert.length > 0 || end) tx.noteCommit('campaign-step');
  for (const part of insert) await insertNewStudy(tx, newStudy(studyOf(part, campaignId)));
  if (end) await tx.updateCampaign(campaignId, end);
}

async function viewOf(tx: StudyTransaction, { spec }: Campaign, part: CampaignPart): Promise<PartView> {
  const { kind, name, study } = part;
  const wanted = leadersWanted(spec, part);
  return { kind, name, state: study.state, leaders: wanted === 0 ? [] : await tx.leaders(study.id, wanted) };
}
