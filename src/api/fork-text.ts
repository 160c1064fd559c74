import type { StudyRepresentation } from '../api/study.ts';
import { counted } from '../shared/counted.ts';

type ForkOrigin = NonNullable<StudyRepresentation['forkedFrom']>;

/** Describes a fork in a few words: `forked from 0198… after generation 3`. */
export function forkText(forkedFrom: ForkOrigin): string {
  return `forked from ${forkSourceText(forkedFrom)}`;
}

/** Describes the source of a fork in a few words: `0198… after generation 3`. */
export function forkSourceText({ study, generation, trials }: ForkOrigin): string {
  return `${study ?? 'a document'} after ${generation === null ? counted(trials, 'trial') : `generation ${generation}`}`;
}
