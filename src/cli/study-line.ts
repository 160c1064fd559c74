import { forkText } from '../api/fork-text.ts';
import type { StudyRepresentation } from '../api/study.ts';
import { counted } from '../shared/counted.ts';

/** Formats a study as one line: id, name, state, completed trials, and remarks. */
export function studyLine({ id, name, state, trials, progress, blocked, forkedFrom }: StudyRepresentation): string {
  const count =
    progress.planned === null ? counted(trials.completed, 'trial') : `${trials.completed} of ${counted(progress.planned, 'trial')}`;
  const remarks = [...(forkedFrom ? [forkText(forkedFrom)] : []), ...(blocked ? [`waiting: ${blocked.detail}`] : [])];
  return [id, name, state, `${count} completed`, ...remarks].join('  ');
}
