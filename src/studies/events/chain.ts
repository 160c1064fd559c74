import { digestOf } from '../../shared/digest.ts';
import type { ChainHead } from '../model/study.ts';
import type { ChainedEvent, EventBody } from './event.ts';

/** The end of a chain without events. */
export const emptyChain: ChainHead = { count: 0, hash: '0'.repeat(64) };

/** Appends changes to a chain, in order. */
export function chained(head: ChainHead, bodies: readonly EventBody[]): ChainedEvent[] {
  let { count, hash } = head;
  return bodies.map(({ type, data }) => {
    const event = linked({ sequence: count, type, data, previous: hash });
    count += 1;
    hash = event.hash;
    return event;
  });
}

/** Head of a chain after these events. */
export function headAfter(head: ChainHead, events: readonly ChainedEvent[]): ChainHead {
  const last = events.at(-1);
  return last ? { count: last.sequence + 1, hash: last.hash } : head;
}

/** SHA-256 over the canonical text of an event and the previous event's hash: the required value of its `hash`. */
export function hashOfEvent({ sequence, type, data, previous }: Omit<ChainedEvent, 'hash'>): string {
  return digestOf({ sequence, type, data, previous });
}

function linked(event: Omit<ChainedEvent, 'hash'>): ChainedEvent {
  return { ...event, hash: hashOfEvent(event) };
}
