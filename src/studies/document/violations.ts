import { DomainError, type Violation } from '../../shared/errors.ts';
import type { Difference } from '../verification/difference.ts';
import type { StudyDocument } from './document.ts';

/** The one form of this error. Pointers are into the request. */
export function invalidDocument(violations: readonly Violation[]): DomainError {
  const count = violations.length === 1 ? 'a fault' : `${violations.length} faults`;
  return new DomainError(
    'invalid-document',
    `the document cannot be imported as it is asked for: there ${violations.length === 1 ? 'is' : 'are'} ${count}`,
    {
      violations,
    },
  );
}

/** A difference that a replay found, as a fault of the document. */
export function violationOf(document: StudyDocument, { where, expected, found, detail }: Difference): Violation {
  return {
    pointer: `/document${placeIn(document, where)}`,
    detail: `does not follow from the document: expected ${expected}, found ${found} (${detail})`,
  };
}

/** Trials are named by number there and by index here. */
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
