import type { ComparedStudyRepresentation } from './comparison.ts';

/** Digits of an id that tell apart studies that were made one after another. */
const idDigits = 6;

/** Names of compared studies; of those that share a name, with the end of their ids. */
export function studyNames(studies: readonly Pick<ComparedStudyRepresentation, 'id' | 'name'>[]): string[] {
  return studies.map(({ id, name }) =>
    studies.filter((other) => other.name === name).length > 1 ? `${name} (…${id.slice(-idDigits)})` : name,
  );
}
