import type { ViolationRepresentation } from '../api/problem.ts';
import { studyFormat } from '../studies/document/document.ts';
import { importRequestSchema, type StudyImport } from '../studies/document/request.ts';
import { studyFormatV1 } from '../studies/document/version-1.ts';
import { HttpProblem } from './http-problem.ts';
import { check, pointerOf } from './issues.ts';

/**
 * The export in a body and what shall become of it, each part right by itself.
 *
 * @throws HttpProblem `invalid-document` naming every fault
 */
export function importFromBody(body: unknown): StudyImport {
  if (body === undefined || body === null)
    throw invalidDocument([{ pointer: '', detail: 'an object with a document is expected as the body' }]);
  if (isBareExport(body))
    throw invalidDocument([{ pointer: '/document', detail: 'is missing: send the export as the member document of an object' }]);
  const format = formatOf(body);
  // Of another format nothing is where it is looked for: one fault says more than a hundred.
  if (format !== undefined && format !== studyFormat && format !== studyFormatV1) {
    const known = `${JSON.stringify(studyFormat)} or ${JSON.stringify(studyFormatV1)}`;
    throw invalidDocument([{ pointer: '/document/format', detail: `must be ${known}: ${otherFormat(format)}` }]);
  }
  const result = check(importRequestSchema, body);
  if ('value' in result) return result.value;
  throw invalidDocument(result.findings.map(({ path, detail }) => ({ pointer: pointerOf(path), detail })));
}

/** An export itself in place of a request with it. */
function isBareExport(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !('document' in body) && 'format' in body;
}

function formatOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('document' in body)) return undefined;
  const { document } = body;
  return typeof document === 'object' && document !== null && 'format' in document ? document.format : undefined;
}

function otherFormat(format: unknown): string {
  if (typeof format === 'string' && format.startsWith('clavier-campaign/'))
    return 'a campaign is imported study by study: the export of each is the member `study` of one of its `parts`';
  return 'another version of Clavier wrote this';
}

function invalidDocument(violations: readonly ViolationRepresentation[]): HttpProblem {
  return new HttpProblem(
    'invalid-document',
    `the document has ${violations.length === 1 ? 'a fault' : `${violations.length} faults`}`,
    violations,
  );
}
