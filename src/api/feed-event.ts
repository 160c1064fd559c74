import { z } from 'zod';
import { type FeedEvent, feedEventTypes } from '../events/event.ts';
import { describedEnum } from '../shared/described-enum.ts';
import { eventMeanings } from './event.ts';
import { moment } from './page.ts';

/** The types of events, with their data. */
export const feedEventTypeSchema = describedEnum(
  feedEventTypes,
  {
    ...eventMeanings,
    'trial-started': 'an attempt of a trial began; `data` has `attempt` and `worker`, which is null for a runner.',
    'trial-reported': 'a step of a trial was measured; `data` has `attempt`, `step` and `values`.',
    'trial-released':
      'an attempt ended without a result and the trial waits again; `data` has `attempt`, `why` (`lease-expired`, `failed` or `returned`) and `error`, the code of a failure.',
    'trial-completed': 'a trial has its result; `data` has `attempt`, `value`, `values`, `steps` and `error`, which is null.',
    'trial-pruned': 'a trial was stopped early; `data` as of a completed one.',
    'trial-failed': 'a trial failed; `data` as of a completed one, with the code of the failure as `error`.',
    'trial-cancelled': 'a trial was cancelled; `data` as of a completed one.',
    'study-deleted': 'the study was deleted, with its log.',
    'campaign-created': 'a campaign was created; `data` has `state` and `outcome`.',
    'campaign-paused': 'a campaign was paused; `data` as of a created one.',
    'campaign-resumed': 'a campaign was resumed; `data` as of a created one.',
    'campaign-ended': 'a campaign ended; `data` as of a created one.',
    'campaign-deleted': 'a campaign was deleted.',
    'webhook-disabled':
      'the service disabled a webhook, because no attempt to deliver an event succeeded for a day, or the receiver wants no more; `data` has `webhookId` and `reason`.',
  },
  'Type of the event; a later version may have more.',
);

/** An event as services hear it. */
export const feedEventSchema = z
  .strictObject({
    sequence: z
      .int()
      .min(1)
      .describe('Number of the event across all studies, ascending; some numbers are left out. It is the id of the event in a stream.'),
    type: feedEventTypeSchema,
    project: z.string().describe('Project of the study or campaign.'),
    studyId: z.string().nullable().describe('Study; null for an event of a campaign.'),
    campaignId: z.string().nullable().describe('Campaign that it is of, or that the study is a part of.'),
    number: z
      .int()
      .min(0)
      .nullable()
      .describe('Of an event of the log of a study its number there, of an event of a trial the number of the trial; otherwise null.'),
    createdAt: moment('Time at which it was written, moments before its commit.'),
    data: z.record(z.string(), z.unknown()).describe('The change.'),
    previous: z.string().nullable().describe('Of an event of the log, the hash of the event before in the same study; otherwise null.'),
    hash: z.string().nullable().describe('Of an event of the log, its hash; otherwise null.'),
  })
  .meta({ id: 'Event', description: 'Something that happened to a study, a trial or a campaign.' });

/** Some events in order. */
export const feedPageSchema = z
  .strictObject({
    items: z.array(feedEventSchema).describe('The events after `after`, by ascending number.'),
    position: z.int().min(0).describe('There are no other events up to this number. To read on, pass it as `after`.'),
    isLast: z.boolean().describe('True if there were no more events when the page was read.'),
    isComplete: z
      .boolean()
      .describe('False if events after `after` were deleted because of their age, or if `after` is no number of this database.'),
  })
  .meta({ id: 'EventPage', description: 'Events in order, from any number on.' });

export type FeedEventRepresentation = z.output<typeof feedEventSchema>;

const dataSchema = z.record(z.string(), z.unknown());

/** Builds the representation of an event. */
export function representFeedEvent({ sequence, type, data, chain, createdAt, ...event }: FeedEvent): FeedEventRepresentation {
  return {
    sequence: Number(sequence),
    type,
    project: event.project,
    studyId: event.studyId,
    campaignId: event.campaignId,
    number: event.number,
    createdAt: createdAt.toISOString(),
    data: dataSchema.parse(data),
    previous: chain?.previous ?? null,
    hash: chain?.hash ?? null,
  };
}
