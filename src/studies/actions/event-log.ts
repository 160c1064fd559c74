import { inSlices } from '../../shared/slices.ts';
import { chained, headAfter } from '../events/chain.ts';
import type { EventBody } from '../events/event.ts';
import { endEvent, type StudyEnd } from '../events/facts.ts';
import type { Study } from '../model/study.ts';
import type { StudyTransaction } from '../ports/transactions.ts';

/** Events that are hashed and stored at a time: each may name hundreds of trials. */
const eventsAtOnce = 8;

/** Appends changes to the log of a locked study, in the transaction that makes them. A study without a log gets none. */
export async function appendEvents(tx: StudyTransaction, study: Pick<Study, 'id' | 'events'>, bodies: readonly EventBody[]): Promise<void> {
  if (study.events === null) return;
  let head = study.events;
  for (const some of inSlices(bodies, eventsAtOnce)) {
    const events = chained(head, some);
    await tx.insertEvents(study.id, events);
    head = headAfter(head, events);
  }
}

/**
 * Makes the event of the end of a study, with the results that count although they were never observed. Call it after the open trials
 * were cancelled: an open trial may still be completed, and would then count too.
 */
export async function endedEvent(
  tx: StudyTransaction,
  study: Pick<Study, 'id'>,
  end: StudyEnd & { readonly observed: number },
): Promise<EventBody> {
  return endEvent(end, await tx.storedResults(study.id, end.observed, null));
}
