import type { TestEvaluation } from '../objectives/text-classifier/test-evaluation.ts';
import type { Configuration } from '../space/configuration.ts';
import type { StudyState } from '../studies/model/states.ts';
import type { Study, Trial } from '../studies/model/study.ts';
import type { ResolvedCampaign } from './spec.ts';

/** A campaign lives as a study does: the same states, the same legal moves. */
export type CampaignState = StudyState;

/**
 * What a part of a campaign is for. `search`: one of its studies; `grid`: the final; `test`: finalists and winner as they
 * were trained, measured on the test split; `repeat`: the same configurations trained again with another objective seed,
 * measured there too.
 */
export const partKinds = ['search', 'grid', 'test', 'repeat'] as const;
export type PartKind = (typeof partKinds)[number];

/** Every reason why a campaign can end. */
export const campaignOutcomeReasons = ['done', 'no-finalists', 'evaluation-failed', 'cancelled'] as const;

/** Why a campaign ended. */
export interface CampaignOutcome {
  readonly reason: (typeof campaignOutcomeReasons)[number];
  /** For people. */
  readonly detail: string;
}

/** A campaign as it is stored. Times are the database's. */
export interface Campaign {
  readonly id: string;
  readonly spec: ResolvedCampaign;
  readonly state: CampaignState;
  readonly outcome: CampaignOutcome | null;
  /** Raised by every change of the campaign's row. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly endedAt: Date | null;
}

/** Which campaign a study belongs to, and as what. */
export interface CampaignMembership {
  readonly campaignId: string;
  readonly kind: PartKind;
  /** Unique in the campaign. */
  readonly name: string;
}

/** A study that is a part of a campaign. */
export interface CampaignPart extends CampaignMembership {
  readonly study: Study;
}

/** A trial of a leaderboard as the steps of a campaign see it. */
export type Leader = Pick<Trial, 'number' | 'parameters' | 'value'>;

/** A configuration that is evaluated, and which places it was found in. */
export interface Finalist {
  readonly parameters: Configuration;
  /** Parts and trial numbers that found it, best first; `winner`: it is the best of the campaign. */
  readonly foundBy: readonly { readonly part: string; readonly trial: number }[];
  readonly winner: boolean;
}

/** What a trial's model is worth on the test split. */
export interface TrialEvaluation {
  readonly trialId: string;
  readonly evaluation: TestEvaluation;
}
