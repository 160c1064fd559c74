import { z } from 'zod';
import type { ViolationRepresentation } from '../api/problem.ts';
import { type CampaignImport, campaignFormat, campaignImportRequestSchema } from '../campaigns/document.ts';
import { countedErrors } from '../shared/counted.ts';
import type { Json } from '../shared/digest.ts';
import { studyFormat } from '../studies/document/document.ts';
import { importRequestSchema, type StudyImport } from '../studies/document/request.ts';
import { studyFormatV1 } from '../studies/document/version-1.ts';
import { HttpProblem } from './http-problem.ts';
import { check, representFinding } from './issues.ts';

const studyFormats = [studyFormat, studyFormatV1];
const campaignFormats = [campaignFormat];

/**
 * Reads a request for an import of a study. Checks each field by itself, not yet the fields against each other.
 *
 * @throws HttpProblem `invalid-document` that lists every violation
 */
export function importFromBody(body: unknown): StudyImport {
  return { ...requestIn(body, importRequestSchema, studyFormats), sent: sentDocument(body) };
}

/**
 * Reads a request for an import of a campaign, likewise.
 *
 * @throws HttpProblem `invalid-document` that lists every violation
 */
export function campaignImportFromBody(body: unknown): CampaignImport {
  return { ...requestIn(body, campaignImportRequestSchema, campaignFormats), sent: sentDocument(body) };
}

/** @param formats those that the operation reads */
function requestIn<Schema extends z.ZodType>(body: unknown, schema: Schema, formats: readonly string[]): z.output<Schema> {
  if (body === undefined || body === null) throw invalidDocument([{ pointer: '', detail: 'the body must be an object with a document' }]);
  if (isBareExport(body))
    throw invalidDocument([{ pointer: '/document', detail: 'is missing; send the export as the member `document` of an object' }]);
  const format = formatOf(body);
  // In another format every field would be wrong: one clear violation says more than a hundred.
  if (format !== undefined && !formats.some((known) => known === format)) {
    const known = formats.map((name) => JSON.stringify(name)).join(' or ');
    throw invalidDocument([{ pointer: '/document/format', detail: `must be ${known}: ${otherFormat(format)}` }]);
  }
  const result = check(schema, body);
  if ('value' in result) return result.value;
  throw invalidDocument(result.findings.map(representFinding));
}

/** The document as it is in the body, without the defaults that its schema fills in. */
function sentDocument(body: unknown): Json {
  return z.object({ document: z.custom<Json>() }).parse(body).document; // a body is JSON
}

/** True if the body is the export itself rather than a request that contains it. */
function isBareExport(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !('document' in body) && 'format' in body;
}

function formatOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('document' in body)) return undefined;
  const { document } = body;
  return typeof document === 'object' && document !== null && 'format' in document ? document.format : undefined;
}

function otherFormat(format: unknown): string {
  if (campaignFormats.some((known) => known === format)) return 'this is the export of a campaign; POST it to /v1/campaigns/import';
  if (studyFormats.some((known) => known === format)) return 'this is the export of a study; POST it to /v1/studies/import';
  return 'the document was written by another version of Clavier';
}

function invalidDocument(violations: readonly ViolationRepresentation[]): HttpProblem {
  return new HttpProblem('invalid-document', `the document has ${countedErrors(violations)}`, violations);
}
