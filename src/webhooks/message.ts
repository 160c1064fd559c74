import type { FeedEvent } from '../events/event.ts';
import { newId } from '../shared/ids.ts';
import { orderKeyOf } from './filter.ts';
import type { DueMessage } from './ports.ts';

/** Builds an event as the API shows it. */
export type RepresentEvent = (event: FeedEvent) => object;

/** Makes the message of an event, with the members that Standard Webhooks names. Its text is stored: every attempt sends the same bytes. */
export function messageOf(event: FeedEvent, webhookId: string, represent: RepresentEvent): DueMessage {
  const { sequence, type, studyId, createdAt } = event;
  const body = bodyOf(type, createdAt, represent(event));
  return { messageId: newMessageId(), sequence, type, studyId, orderKey: orderKeyOf(event, webhookId), body };
}

/** A message that tells a receiver nothing but that it is reached. */
export function pingOf(webhookId: string): { readonly messageId: string; readonly body: string } {
  return { messageId: newMessageId(), body: bodyOf('ping', new Date(), { webhookId }) };
}

function newMessageId(): string {
  return `msg_${newId()}`;
}

function bodyOf(type: string, at: Date, data: object): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}
