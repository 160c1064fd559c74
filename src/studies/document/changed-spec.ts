import { withChanges } from '../definition/changes.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import type { StudyDocument } from './document.ts';

/** The definition of a document with the changes of the study. */
export function changedSpec({ spec, changes }: Pick<StudyDocument, 'spec' | 'changes'>): ResolvedSpec {
  return withChanges(spec, changes ?? null);
}
