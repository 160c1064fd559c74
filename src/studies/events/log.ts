import type { Outcome, Study } from '../model/study.ts';
import type { StudyTransaction } from '../ports/transactions.ts';
import { chained } from './chain.ts';
import type { EventBody, ResultFacts } from './event.ts';
import { countedResults } from './facts.ts';

/** Appends changes to the log of a locked study, in the transaction that makes them. A study without a log gets none. */
export async function appendEvents(tx: StudyTransaction, study: Pick<Study, 'id' | 'events'>, bodies: readonly EventBody[]): Promise<void> {
  if (study.events === null || bodies.length === 0) return;
  await tx.insertEvents(study.id, chained(study.events, bodies));
}

/**
 * The event of a study's end, with the results that count although they were never folded. Made after its open trials were
 * cancelled: until then one of them may still be completed, and would count.
 */
export async function endedEvent(
  tx: StudyTransaction,
  study: Pick<Study, 'id'>,
  end: { readonly state: 'completed' | 'failed' | 'cancelled'; readonly outcome: Outcome; readonly folded: number },
): Promise<EventBody> {
  const { state, outcome, folded } = end;
  const trials: ResultFacts[] = countedResults(await tx.resultFacts(study.id, folded, null), outcome.lastTrial);
  return { type: 'study-ended', data: { state, outcome, trials } };
}
