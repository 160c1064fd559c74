import type { Page } from '../shared/page.ts';
import type { RankingRule } from '../studies/definition/ranking.ts';
import type { Leader } from '../studies/model/trial.ts';
import type { ListFilter } from '../studies/ports/list.ts';
import type { StudyOverview, StudyReader } from '../studies/ports/reader.ts';
import type { StudySweep } from '../studies/ports/sweep.ts';
import type { Ownership, StudyTransaction, Transactions } from '../studies/ports/transactions.ts';
import type { Campaign, CampaignOutcome, CampaignPart, CampaignState, CampaignSummary } from './campaign.ts';
import type { ResolvedCampaign } from './spec.ts';

/**
 * Changes of campaigns and their studies, inside a transaction.
 *
 * @throws as `StudyTransaction`
 */
export interface CampaignTransaction extends StudyTransaction {
  /** Completed trials of a study that count, best first, at this moment. */
  leaders(studyId: string, limit: number): Promise<Leader[]>;
  /** As `CampaignReader.nearestToLimits`, at this moment. */
  nearestToLimits(studyId: string, rule: Pick<RankingRule, 'ranking'>): Promise<Leader | null>;
  insertCampaign(campaign: { id: string; spec: ResolvedCampaign }): Promise<void>;
  /** Locks the campaign's row until the transaction ends and reads it; null if there is none. Taken after a study's lock, never before. */
  lockCampaign(campaignId: string): Promise<Campaign | null>;
  /** Its parts, oldest first, at this moment; their rows are not locked. */
  campaignParts(campaignId: string): Promise<CampaignPart[]>;
  /** Stores a change of a locked campaign and raises its version. */
  updateCampaign(campaignId: string, change: { state: CampaignState; outcome?: CampaignOutcome }): Promise<void>;
  /** Replaces the labels of a locked campaign and raises its version. `updatedAt` stays: studies follow a change of state by it. */
  labelCampaign(campaignId: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** Deletes a campaign with all its studies. */
  deleteCampaign(campaignId: string): Promise<void>;
}

/** Runs work on campaigns and their studies in one database transaction. */
export type CampaignTransactions = Transactions<CampaignTransaction>;

/** Transactions whose new studies and campaigns belong to the default project, unless `ownedBy` says whose they are. */
export interface OwnedTransactions extends CampaignTransactions {
  ownedBy(ownership: Ownership): CampaignTransactions;
}

/**
 * Reads of campaigns and their studies. Each sees one consistent state, and those of one `snapshot` see the same state.
 *
 * @throws as `StudyReader`
 */
export interface CampaignReader extends StudyReader {
  snapshot<T>(work: (reader: CampaignReader) => Promise<T>): Promise<T>;
  campaign(id: string): Promise<Campaign | null>;
  /** The completed trial of a study that counts (see `countsAsResult`) and is the least beyond its limits; ties go to the lower number. null if none is beyond them. */
  nearestToLimits(studyId: string, rule: Pick<RankingRule, 'ranking'>): Promise<Leader | null>;
  /** A page of campaigns. One that only a newer version can read is among them. */
  campaigns(filter: ListFilter): Promise<Page<CampaignSummary>>;
  /** The parts of a campaign, oldest first. */
  campaignParts(campaignId: string): Promise<CampaignPart[]>;
  /** The same parts with what is shown of their trials. */
  partOverviews(campaignId: string): Promise<PartOverview[]>;
}

/** A part of a campaign with what is shown of its trials. */
export interface PartOverview extends Omit<StudyOverview, 'study'> {
  readonly part: CampaignPart;
}

/**
 * Finds studies and campaigns that are due and that no process is advancing.
 *
 * @throws as `StudySweep`
 */
export interface CampaignSweep extends StudySweep {
  /**
   * Campaigns that a step would change: active ones with no open study, and those whose studies did not yet follow a pause, a
   * resume or a cancel.
   */
  campaignsDue(): Promise<string[]>;
}
