import type { FeedEvent } from '../events/event.ts';
import type { WebhookFilter } from './webhook.ts';

/** True if the labels of a study include all that a webhook wants. A study that is gone has none. */
export function hasLabels(wanted: WebhookFilter['labels'], labels: Readonly<Record<string, string>> | undefined): boolean {
  return Object.entries(wanted).every(([name, value]) => labels?.[name] === value);
}

/**
 * The events whose order a receiver can rely on: those of a study, of a campaign, and the others of the project.
 *
 * @param webhookId stands for the project
 */
export function orderKeyOf({ studyId, campaignId }: Pick<FeedEvent, 'studyId' | 'campaignId'>, webhookId: string): string {
  return studyId ?? campaignId ?? webhookId;
}
