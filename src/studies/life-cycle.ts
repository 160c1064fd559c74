import { DomainError } from '../shared/errors.ts';
import { advanceStudy } from './advance.ts';
import type { StudyTransaction, Transactions } from './ports.ts';
import { isEnded, type StudyState, studyMoves } from './states.ts';
import type { Study } from './study.ts';

/** What a client may do to a study. */
export type StudyMove = 'pause' | 'resume' | 'cancel';

const target: Readonly<Record<StudyMove, StudyState>> = { pause: 'paused', resume: 'active', cancel: 'cancelled' };

/**
 * Pauses, resumes or cancels a study. Pausing stops claims and lets running trials reach their next epoch
 * checkpoint; cancelling stops them. Asking for the state a study is already in by this move changes nothing.
 *
 * @throws DomainError `study-not-found`; `illegal-move` with the current state
 */
export async function moveStudy(store: Transactions, studyId: string, move: StudyMove): Promise<void> {
  const next = target[move];
  await store.transaction(async (tx) => {
    const study = await lockedStudy(tx, studyId);
    if (study.state === next) return;
    refuseIllegal(study, move);
    if (next === 'cancelled') await tx.cancelOpenTrials(studyId);
    const outcome = { reason: 'cancelled', detail: 'cancelled by request', lastTrial: null } as const;
    await tx.updateStudy(studyId, next === 'cancelled' ? { state: next, outcome } : { state: next });
  });
  if (move === 'resume') await advanceStudy(store, studyId);
}

/**
 * Deletes a study that ended, with all its trials.
 *
 * @throws DomainError `study-not-found`; `study-not-ended` with the current state
 */
export async function deleteStudy(store: Transactions, studyId: string): Promise<void> {
  await store.transaction(async (tx) => {
    const study = await lockedStudy(tx, studyId);
    if (!isEnded(study.state)) {
      throw new DomainError('study-not-ended', `the study is ${study.state}; cancel it before deleting it`, {
        details: { state: study.state },
      });
    }
    await tx.deleteStudy(studyId);
  });
}

async function lockedStudy(tx: StudyTransaction, studyId: string): Promise<Study> {
  const study = await tx.lockStudy(studyId);
  if (!study) throw studyNotFound(studyId);
  return study;
}

/** The one form of this error. */
export function studyNotFound(studyId: string): DomainError {
  return new DomainError('study-not-found', `there is no study ${studyId}`);
}

function refuseIllegal(study: Study, move: StudyMove): void {
  const next = target[move];
  if (studyMoves[study.state].includes(next)) return;
  const legal = studyMoves[study.state].filter((state) => state !== 'completed' && state !== 'failed');
  const hint = legal.length > 0 ? `it can become ${legal.join(' or ')}` : 'it ended and never moves again';
  throw new DomainError('illegal-move', `cannot ${move} a study that is ${study.state}: ${hint}`, { details: { state: study.state } });
}
