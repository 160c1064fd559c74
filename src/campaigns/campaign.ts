import { z } from 'zod';
import { describedEnum } from '../shared/described-enum.ts';
import type { Configuration } from '../space/configuration.ts';
import type { Metric } from '../studies/definition/definition.ts';
import type { StudyState } from '../studies/model/states.ts';
import type { ListedBest, Study, StudyMembership } from '../studies/model/study.ts';
import type { ResolvedCampaign } from './spec.ts';

/** The states and legal transitions of a campaign are those of a study. */
export type CampaignState = StudyState;

const allPartKinds = ['search', 'grid', 'test', 'repeat'] as const;

/** The purpose of a part of a campaign. */
export const partKindSchema = describedEnum(
  allPartKinds,
  {
    search: 'one of its studies.',
    grid: 'the final.',
    test: 'the finalists, evaluated like the final and measured on held-out data.',
    repeat: 'the same configurations, evaluated again with another objective seed and measured on held-out data.',
  },
  'The purpose of a part of a campaign.',
).meta({ id: 'PartKind' });
export type PartKind = z.output<typeof partKindSchema>;

/** Every reason why a campaign can end. */
export const campaignOutcomeReasons = ['done', 'no-finalists', 'evaluation-failed', 'cancelled'] as const;

export const campaignOutcomeSchema = z
  .strictObject({
    reason: describedEnum(campaignOutcomeReasons, {
      done: 'all its parts have ended.',
      'no-finalists':
        'no trial can be a finalist, so there is nothing to evaluate: all failed, diverged or were cancelled, or are beyond a limit.',
      'evaluation-failed': 'the winner could not be measured on held-out data.',
      cancelled: 'it was cancelled by a request.',
    }),
    detail: z.string().max(100_000).describe('The reason in words.'),
  })
  .meta({ id: 'CampaignOutcome', description: 'The reason for which a campaign ended.' });

/** Reasons for the end of a campaign. */
export interface CampaignOutcome {
  readonly reason: (typeof campaignOutcomeReasons)[number];
  /** For people. */
  readonly detail: string;
}

/** A campaign as it is stored. Times are the database's. */
export interface Campaign {
  readonly id: string;
  /** Its labels are the present ones; absent if there are none. */
  readonly spec: ResolvedCampaign;
  readonly state: CampaignState;
  readonly outcome: CampaignOutcome | null;
  /** Raised by every change of the campaign's row. */
  readonly version: number;
  /** The key of the request that created it; null where none was needed. No part of exports and digests. */
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly endedAt: Date | null;
}

/** A campaign in a list. It is read without its definition's schema: a list shows campaigns of newer versions too. */
export interface CampaignSummary extends Pick<Campaign, 'id' | 'state' | 'createdAt' | 'updatedAt' | 'endedAt'> {
  readonly name: string;
  /** The reason may be one of a newer version. */
  readonly outcome: { readonly reason: string; readonly detail: string } | null;
  /** null if this version cannot find it in the definition. */
  readonly metric: Metric | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Names of its searches. */
  readonly studies: readonly string[];
  /** Sums over its parts so far. */
  readonly finished: number;
  readonly observed: number;
  readonly suggested: number;
  /** Largest number of trials in all its parts, those to come included; null if there is none, or if only a newer version can tell. */
  readonly planned: number | null;
  /** The best trial of the searches and the final; if the final trains on other data, of the final alone once it has a result. */
  readonly best: ListedBest | null;
}

/** The campaign that a study belongs to, and the part that it plays there. */
export interface CampaignMembership extends StudyMembership {
  readonly kind: PartKind;
}

/** A study that is a part of a campaign. */
export interface CampaignPart extends CampaignMembership {
  readonly study: Study;
}

/** An evaluated configuration, and the places where it was found. */
export interface Finalist {
  readonly parameters: Configuration;
  /** Parts and trial numbers that found it, best first; `winner`: it is the best of the campaign. */
  readonly foundBy: readonly { readonly part: string; readonly trial: number }[];
  readonly winner: boolean;
}
