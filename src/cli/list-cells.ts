import type { StudySummaryRepresentation } from '../api/study-list.ts';
import { decimals } from './value-text.ts';

/** A study or a campaign in a list. */
type Listed = Pick<StudySummaryRepresentation, 'progress' | 'best'>;

/** The finished trials of a study or campaign, of as many as are planned. */
export function progressCell({ progress: { finished, planned } }: Listed): string {
  return planned === null ? String(finished) : `${finished} of ${planned}`;
}

/** The best value so far. */
export function bestCell({ best }: Listed): string {
  return best === null ? '' : decimals(best.value);
}
