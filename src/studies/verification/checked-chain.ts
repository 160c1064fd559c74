import { counted } from '../../shared/counted.ts';
import { hashOfEvent } from '../events/chain.ts';
import type { StudyEvent } from '../events/event.ts';
import type { ChainHead } from '../model/study.ts';
import { shown } from './difference.ts';
import type { Findings } from './findings.ts';

/** An event whose place in the chain was checked. */
export interface CheckedEvent {
  readonly event: StudyEvent;
  /** True if the event is the one that was chained. The contents of other events are ignored. */
  readonly sound: boolean;
  /** Events before it are missing. */
  readonly afterGap: boolean;
}

/**
 * Checks an event log against its chain: sequences without a gap, each hash over its event's contents, each event chained to the
 * previous one, the last event equal to the head that the study has. To tell a modified event from its neighbour, each event is
 * checked against its own hash and against its successor's `previous`.
 */
export async function* checkedChain(events: AsyncIterable<StudyEvent>, head: ChainHead, findings: Findings): AsyncGenerator<CheckedEvent> {
  let before: StudyEvent | null = null;
  let current: StudyEvent | null = null;
  for await (const next of events) {
    if (current) yield checked(before, current, next, head, findings);
    before = current;
    current = next;
  }
  if (current) yield checked(before, current, null, head, findings);
  reportMissing(current ? current.sequence + 1 : 0, head.count, findings);
}

function checked(before: StudyEvent | null, event: StudyEvent, next: StudyEvent | null, head: ChainHead, findings: Findings): CheckedEvent {
  const { sequence } = event;
  const expected = before ? before.sequence + 1 : 0;
  reportMissing(expected, sequence, findings);
  if (sequence >= head.count) {
    const detail = `the study knows of ${counted(head.count, 'event')}`;
    findings.add({ where: `events/${sequence}`, expected: shown(undefined), found: event.type, detail });
  }
  const afterGap = sequence !== expected;
  const chainedTo = next?.sequence === sequence + 1 ? next.previous : sequence === head.count - 1 ? head.hash : null;
  const sound = sequence < head.count && isSound({ before: afterGap ? null : before, event, next, chainedTo }, findings);
  return { event, sound, afterGap };
}

interface Link {
  /** The previous event; null if there is none. */
  readonly before: StudyEvent | null;
  readonly event: StudyEvent;
  readonly next: StudyEvent | null;
  /** The successor's `previous`, for the last event the hash of the study's head; null if it is missing. */
  readonly chainedTo: string | null;
}

function isSound({ before, event, next, chainedTo }: Link, findings: Findings): boolean {
  const { sequence, hash } = event;
  const computed = hashOfEvent(event);
  const fault = (what: 'hash' | 'previous', expected: string, found: string, detail: string): void =>
    findings.add({ where: `events/${sequence}/${what}`, expected, found, detail });
  if (computed === hash) {
    // If the successor itself was modified, its `previous` proves nothing against this event.
    if (chainedTo === null || chainedTo === hash || (next && hashOfEvent(next) !== next.hash)) return true;
    fault('hash', chainedTo, hash, 'what follows was chained to another event than this one');
    return false;
  }
  if (chainedTo === computed) {
    fault('hash', computed, hash, 'the hash is not that of the event; what follows was chained to the event as it is');
    return true;
  }
  const previous = before?.hash ?? null;
  if (previous !== null && hashOfEvent({ ...event, previous }) === hash) {
    fault('previous', previous, event.previous, 'the hash is that of the event chained to the one before it');
    return true;
  }
  fault('hash', hash, computed, 'the event was changed after it was chained: it has another hash now');
  return false;
}

function reportMissing(from: number, end: number, findings: Findings): void {
  for (let sequence = from; sequence < end && !findings.full(); sequence += 1)
    findings.add({ where: `events/${sequence}`, expected: 'an event', found: shown(undefined), detail: 'the chain has a gap there' });
}
