import { DomainError } from '../shared/errors.ts';
import { advanceStudy } from '../studies/actions/advance.ts';
import { applyMove, movesText } from '../studies/actions/life-cycle.ts';
import { isEnded, type StudyMove, studyTransitions, targetOf } from '../studies/model/states.ts';
import type { Study } from '../studies/model/study.ts';
import { advanceCampaign } from './advance.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignTransaction, CampaignTransactions } from './ports.ts';

/** State transitions of a campaign that a client can request: those of a study. */
export type CampaignMove = StudyMove;

/**
 * Pauses, resumes or cancels a campaign and then each of its studies. The campaign's own state is stored first: from then on no
 * part is added, and if the process dies before the last study followed, the sweep continues. Requesting the state that a campaign
 * is already in changes only the studies that did not follow yet.
 *
 * @throws DomainError `campaign-not-found`; `state-conflict` with the current state
 */
export async function moveCampaign(store: CampaignTransactions, campaignId: string, move: CampaignMove): Promise<void> {
  const state = targetOf(move);
  await store.transaction(async (tx) => {
    const campaign = await lockedCampaign(tx, campaignId);
    if (campaign.state === state) return;
    refuseIllegal(campaign, move);
    tx.noteCommit('move');
    const outcome = { reason: 'cancelled', detail: 'cancelled by request' } as const;
    await tx.updateCampaign(campaignId, state === 'cancelled' ? { state, outcome } : { state });
  });
  await catchUpCampaign(store, campaignId);
}

/**
 * Does the work left for a campaign: its studies follow its state, and once they ended, the next parts are created. The sweep calls
 * it for each campaign that is due. Repeating it changes nothing.
 */
export async function catchUpCampaign(store: CampaignTransactions, campaignId: string): Promise<void> {
  const parts = await store.transaction((tx) => tx.campaignParts(campaignId));
  const resumed: string[] = [];
  for (const { study } of parts) {
    if (isEnded(study.state)) continue;
    const move = await store.transaction((tx) => follow(tx, study.id));
    if (move === 'resume') resumed.push(study.id);
  }
  await advanceCampaign(store, campaignId);
  // Advances the studies by the trials that finished while they were paused.
  for (const studyId of resumed) await advanceStudy(store, studyId);
}

/**
 * Deletes a campaign that ended, with all its studies.
 *
 * @throws DomainError `campaign-not-found`; `campaign-not-ended` with the current state
 */
export async function deleteCampaign(store: CampaignTransactions, campaignId: string): Promise<void> {
  await store.transaction(async (tx) => refuseUnended(await lockedCampaign(tx, campaignId)));
  // A transition of an open study locks the study first and then the campaign; a deletion locks them in the opposite order.
  await catchUpCampaign(store, campaignId);
  await store.transaction(async (tx) => {
    refuseUnended(await lockedCampaign(tx, campaignId));
    await tx.deleteCampaign(campaignId);
  });
}

/** The one form of this error. */
export function campaignNotFound(campaignId: string): DomainError {
  return new DomainError('campaign-not-found', `there is no campaign ${campaignId}`);
}

/** Reads both under their locks, the study's first, so that neither changes meanwhile. */
async function follow(tx: CampaignTransaction, studyId: string): Promise<StudyMove | null> {
  const study = await tx.lockStudy(studyId);
  const campaign = study?.campaign ? await tx.lockCampaign(study.campaign.campaignId) : null;
  const move = study && campaign ? moveToFollow(campaign, study) : null;
  if (study && move) await applyMove(tx, study, move);
  return move;
}

/**
 * The transition that a study needs to follow its campaign. A study that is paused in an active campaign was paused by its own
 * request and stays paused, unless the campaign changed its state since: then the study has not followed a resume. (Each of the two
 * changes holds the campaign's lock when the database takes its time.)
 */
function moveToFollow(campaign: Campaign, study: Study): StudyMove | null {
  if (isEnded(study.state)) return null;
  if (isEnded(campaign.state)) return 'cancel';
  if (campaign.state === 'paused') return study.state === 'active' ? 'pause' : null;
  return study.state === 'paused' && study.updatedAt.getTime() <= campaign.updatedAt.getTime() ? 'resume' : null;
}

/** Locks a campaign and reads it. @throws DomainError `campaign-not-found` */
export async function lockedCampaign(tx: CampaignTransaction, campaignId: string): Promise<Campaign> {
  const campaign = await tx.lockCampaign(campaignId);
  if (!campaign) throw campaignNotFound(campaignId);
  return campaign;
}

function refuseIllegal({ state }: Campaign, move: CampaignMove): void {
  if (studyTransitions[state].includes(targetOf(move))) return;
  throw new DomainError('state-conflict', `cannot ${move} a campaign that is ${state}: ${movesText(state)}`, { details: { state } });
}

function refuseUnended({ state }: Campaign): void {
  if (isEnded(state)) return;
  throw new DomainError('campaign-not-ended', `the campaign is ${state}; cancel it before deleting it`, { details: { state } });
}
