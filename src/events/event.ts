import { eventTypes } from '../studies/events/event.ts';

/** Types of events of the chained log of a study, which is their source. */
export const loggedTypes: ReadonlySet<string> = new Set(eventTypes);

/** Types of events of trials, studies, campaigns and webhooks that are in no log. */
export const activityTypes = [
  'trial-started',
  'trial-reported',
  'trial-released',
  'trial-completed',
  'trial-pruned',
  'trial-failed',
  'trial-cancelled',
  'study-deleted',
  'campaign-created',
  'campaign-paused',
  'campaign-resumed',
  'campaign-ended',
  'campaign-deleted',
  'webhook-disabled',
] as const;

/** Every type of event that other services can hear. A later version may add some. */
export const feedEventTypes = [...eventTypes, ...activityTypes] as const;
export type FeedEventType = (typeof feedEventTypes)[number];

/** The place of an event among all, and what filters look at. */
export interface EventMark {
  /** Number of the event across all studies, from 1, ascending. Numbers are left out where a transaction was rolled back. */
  readonly sequence: bigint;
  readonly project: string;
  readonly studyId: string | null;
  readonly type: string;
}

/** A mark as it was read. */
export interface AgedMark extends EventMark {
  /** Seconds since the event was written, by the database's clock. */
  readonly ageSeconds: number;
}

/** An event that other services can hear. */
export interface FeedEvent extends EventMark {
  readonly type: FeedEventType;
  /** Of events of a campaign and of its parts. */
  readonly campaignId: string | null;
  /** Of an event of the log its number there, of a trial's activity the trial's number. */
  readonly number: number | null;
  readonly data: unknown;
  /** The place in the chain of an event of the log; null for others. */
  readonly chain: { readonly previous: string; readonly hash: string } | null;
  /** Time at which it was written, moments before its commit, by the database's clock. */
  readonly createdAt: Date;
}

/** The events that somebody wants; what is absent is not looked at. */
export interface EventFilter {
  readonly project?: string;
  readonly studyId?: string;
  readonly types?: readonly string[];
}

/** Tells whether a filter lets an event through. */
export function matches({ project, studyId, types }: EventFilter, mark: EventMark): boolean {
  return (
    (project === undefined || project === mark.project) &&
    (studyId === undefined || studyId === mark.studyId) &&
    (types === undefined || types.includes(mark.type))
  );
}
