import { DomainError } from '../../shared/errors.ts';
import { movedEvent } from '../events/facts.ts';
import { isEnded, type StudyMove, type StudyState, studyTransitions, targetOf } from '../model/states.ts';
import { type Study, studyNotFound } from '../model/study.ts';
import type { StudyTransaction, Transactions } from '../ports/transactions.ts';
import { advanceStudy } from './advance.ts';
import { appendEvents, endedEvent } from './event-log.ts';

/**
 * Pauses, resumes or cancels a study. Pausing stops claims and lets running trials reach their next step checkpoint; cancelling
 * stops them. Requesting the state that this transition already led to changes nothing. A campaign continues without a cancelled
 * study.
 *
 * @throws DomainError `study-not-found`; `state-conflict` with the current state, also for resuming a study whose campaign is paused
 */
export async function moveStudy(store: Transactions, studyId: string, move: StudyMove): Promise<void> {
  await store.transaction(async (tx) => {
    const study = await lockedStudy(tx, studyId);
    if (study.state === targetOf(move)) return;
    refuseIllegal(study, move);
    await tx.owner.beforeMove(study, move);
    await applyMove(tx, study, move);
  });
  if (move === 'resume') await advanceStudy(store, studyId);
}

/** Stores a legal transition of a locked study, and its consequences for the campaign. */
export async function applyMove(tx: StudyTransaction, study: Study, move: StudyMove): Promise<void> {
  tx.noteCommit('move');
  if (move !== 'cancel') {
    await tx.updateStudy(study.id, { state: targetOf(move) });
    return appendEvents(tx, study, [movedEvent(move === 'pause' ? 'study-paused' : 'study-resumed')]);
  }
  const end = { state: 'cancelled', outcome: { reason: 'cancelled', detail: 'cancelled by request', lastTrial: null } } as const;
  await tx.cancelOpenTrials(study.id);
  await tx.updateStudy(study.id, end);
  if (study.events) await appendEvents(tx, study, [await endedEvent(tx, study, { ...end, observed: study.sampler.observed })]);
  await tx.owner.studyEnded(study);
}

/**
 * Deletes a study that ended, with all its trials.
 *
 * @throws DomainError `study-not-found`; `study-in-campaign`; `study-not-ended` with the current state
 */
export async function deleteStudy(store: Transactions, studyId: string): Promise<void> {
  await store.transaction(async (tx) => {
    const study = await lockedStudy(tx, studyId);
    if (study.campaign) {
      throw new DomainError(
        'study-in-campaign',
        `the study is the part ${study.campaign.name} of a campaign; delete the campaign as a whole`,
        {
          details: { campaignId: study.campaign.campaignId },
        },
      );
    }
    if (!isEnded(study.state)) {
      throw new DomainError('study-not-ended', `the study is ${study.state}; cancel it before deleting it`, {
        details: { state: study.state },
      });
    }
    await tx.deleteStudy(studyId);
  });
}

/** @throws DomainError `study-not-found` */
export async function lockedStudy(tx: StudyTransaction, studyId: string): Promise<Study> {
  const study = await tx.lockStudy(studyId);
  if (!study) throw studyNotFound(studyId);
  return study;
}

function refuseIllegal({ state }: Study, move: StudyMove): void {
  if (studyTransitions[state].includes(targetOf(move))) return;
  throw new DomainError('state-conflict', `cannot ${move} a study that is ${state}: ${movesText(state)}`, { details: { state } });
}

/** Lists the transitions that a client can request in a state of a study or campaign, in words. */
export function movesText(state: StudyState): string {
  const legal = studyTransitions[state].filter((next) => next !== 'completed' && next !== 'failed');
  return legal.length > 0 ? `it can become ${legal.join(' or ')}` : 'it has ended and cannot change any more';
}
