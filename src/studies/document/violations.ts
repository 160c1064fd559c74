import { countedErrors } from '../../shared/counted.ts';
import { DomainError, type Violation } from '../../shared/errors.ts';
import type { Difference } from '../verification/difference.ts';
import type { StudyDocument } from './document.ts';

/** Makes the error for a document that cannot be imported. Pointers are into the request. */
export function invalidDocument(violations: readonly Violation[]): DomainError {
  return new DomainError('invalid-document', `the document cannot be imported: the request has ${countedErrors(violations)}`, {
    violations,
  });
}

/** Turns a difference that a replay found into a violation of the document. */
export function violationOf(document: StudyDocument, { where, expected, found, detail }: Difference): Violation {
  return {
    pointer: `/document${placeIn(document, where)}`,
    detail: `does not follow from the document: expected ${expected}, found ${found} (${detail})`,
  };
}

/** Translates a place: differences refer to trials by number, pointers by index. */
function placeIn(document: StudyDocument, where: string): string {
  const [part, key, ...rest] = where.split('/');
  if (part === 'checkpoints') return Number(key) < document.checkpoints.length ? `/${where}` : '/checkpoints';
  if (part !== 'trials') return '';
  for (const list of ['trials', 'unfinished'] as const) {
    const index = (document[list] ?? []).findIndex(({ number }) => number === Number(key));
    if (index >= 0) return `/${[list, index, ...rest].join('/')}`;
  }
  return '/trials';
}
