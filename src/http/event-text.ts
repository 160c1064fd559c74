import { type FeedEventRepresentation, representFeedEvent } from '../api/feed-event.ts';
import type { FeedEvent } from '../events/event.ts';

/** Texts of events that several readers get. */
const texts = new WeakMap<FeedEvent, string>();

/** An event in the format of server-sent events. Its text is made once, however many readers get it. */
export function eventText(event: FeedEvent): string {
  const text = texts.get(event) ?? textOf(representFeedEvent(event));
  texts.set(event, text);
  return text;
}

function textOf(event: FeedEventRepresentation): string {
  return `id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The start of a stream: the time in ms after which to connect again, and the place from which to read on. */
export function openingText(retryMs: number, position: bigint): string {
  return `retry: ${retryMs}\nid: ${position}\n\n`;
}

/** Says that events after a number are missing; the stream goes on with the next that are kept. */
export function gapText(after: bigint, position: bigint): string {
  return `id: ${position}\nevent: gap\ndata: ${JSON.stringify({ type: 'gap', after: Number(after), position: Number(position) })}\n\n`;
}

/** A sign of life for a quiet stream, with the place from which to read on. */
export function heartbeatText(position: bigint): string {
  return `: quiet\nid: ${position}\n\n`;
}

/** The end of a stream at a stop of the service: another process, or this one after its start, goes on in some ms. */
export function stopText(retryMs: number): string {
  return `: the service stops\nretry: ${retryMs}\n\n`;
}
