import type { ProblemCode, ProblemRepresentation, ViolationRepresentation } from '../api/problem.ts';
import { problemKinds } from './problems.ts';

/** Largest number of violations in one problem. With the limit of each text, it keeps an answer from being much larger than its request. */
const mostViolations = 100;
const mostCharacters = 500;

/** Builds the body of a problem. @param requestId a UUID */
export function problemOf(
  code: ProblemCode,
  occurrence: {
    readonly detail: string;
    readonly requestId: string;
    readonly violations?: readonly ViolationRepresentation[];
    readonly state?: ProblemRepresentation['state'];
  },
): ProblemRepresentation {
  const { status, title } = problemKinds[code];
  const violations = occurrence.violations ?? [];
  const more = violations.length > mostViolations ? ` (the first ${mostViolations} of ${violations.length} are listed)` : '';
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail: withFirst(occurrence.detail, violations) + more,
    instance: `urn:uuid:${occurrence.requestId}`,
    code,
    errors: violations.slice(0, mostViolations).map(shortenedViolation),
    ...(occurrence.state !== undefined && { state: occurrence.state }),
  };
}

/** The first violation in words, for those who log the detail alone. */
function withFirst(detail: string, violations: readonly ViolationRepresentation[]): string {
  const [first] = violations;
  if (!first || detail.includes(first.detail)) return shortened(detail);
  const place = first.pointer ?? first.parameter ?? '';
  return shortened(`${detail}${violations.length === 1 ? ':' : '; the first:'} ${place}${place === '' ? '' : ' '}${first.detail}`);
}

function shortenedViolation({ pointer, parameter, detail }: ViolationRepresentation): ViolationRepresentation {
  return {
    ...(pointer !== undefined && { pointer: shortened(pointer) }),
    ...(parameter !== undefined && { parameter: shortened(parameter) }),
    detail: shortened(detail),
  };
}

function shortened(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}
