import { type ProblemCode, type ProblemRepresentation, problemCodes, type ViolationRepresentation } from '../api/problem.ts';
import type { StudyState } from '../studies/model/states.ts';
import { bodyLimits, inMebibytes } from './body-limits.ts';

/** One kind of problem: its status, its title, and a text for whoever meets it. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly explanation: string;
}

/**
 * Every problem the API can answer with. The responses, the OpenAPI document and the pages below /problems are made
 * from this table; a code never changes its meaning.
 */
export const problemKinds = {
  'malformed-http': {
    status: 400,
    title: 'The request is not HTTP',
    explanation:
      'The server could not read the request: a wrong request line, header or length, no header Host, or a body that ends too early. Look at what the client sends.',
  },
  'malformed-url': {
    status: 400,
    title: 'The address cannot be decoded',
    explanation:
      'A percent sign in the path or the query is not followed by the two digits of a UTF-8 byte. Encode the parts of an address before they are joined.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    explanation: 'The body must be one JSON value in UTF-8 (RFC 8259). NaN, comments and trailing commas are no JSON.',
  },
  'cross-site-request': {
    status: 403,
    title: 'A page of another site must not change anything',
    explanation:
      'A browser sent this request for a page of another origin: `Sec-Fetch-Site` or `Origin` says so. The service has no password, so any page could cancel a study that way. Programs send neither header and are not affected; the page at /docs works too. Where your own page has another origin, list its host in the setting CLAVIER_ALLOWED_HOSTS.',
  },
  'route-not-found': {
    status: 404,
    title: 'There is nothing at this address',
    explanation: 'No operation has this path. Paths have no slash at their end; /docs lists them all.',
  },
  'study-not-found': {
    status: 404,
    title: 'There is no such study',
    explanation: 'No study has this id: it never existed, or it was deleted. GET /v1/studies lists those there are.',
  },
  'campaign-not-found': {
    status: 404,
    title: 'There is no such campaign',
    explanation: 'No campaign has this id: it never existed, or it was deleted. GET /v1/campaigns lists those there are.',
  },
  'trial-not-found': {
    status: 404,
    title: 'There is no such trial',
    explanation:
      'No trial has this id. Trials go with their study when it is deleted. GET /v1/studies/{studyId}/trials lists those there are.',
  },
  'preset-not-found': {
    status: 404,
    title: 'There is no such preset',
    explanation: 'No preset has this name. GET /v1/presets lists those of studies, GET /v1/campaign-presets those of campaigns.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not take that method',
    explanation: 'The path exists, but not with this method. The header Allow names those it takes.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    explanation: 'A request with its body has 5 minutes to arrive, its headers one minute. The connection is closed; send it again.',
  },
  'illegal-move': {
    status: 409,
    title: 'The study or campaign cannot make that move',
    explanation:
      'An active study or campaign can be paused and cancelled, a paused one resumed and cancelled; one that ended never moves again. The member `state` has the current state.',
  },
  'study-not-ended': {
    status: 409,
    title: 'The study has not ended',
    explanation: 'Only a study that ended can be deleted: cancel it first. The member `state` has the current state.',
  },
  'study-in-campaign': {
    status: 409,
    title: 'The study is a part of a campaign',
    explanation:
      'A part of a campaign cannot be deleted by itself: the winner and the report of the campaign stand on it. Delete the campaign, and its studies go with it.',
  },
  'campaign-not-ended': {
    status: 409,
    title: 'The campaign has not ended',
    explanation: 'Only a campaign that ended can be deleted: cancel it first. The member `state` has the current state.',
  },
  'winner-not-known': {
    status: 409,
    title: 'The campaign has no winner yet, or never will',
    explanation:
      'The winner is known once the searches, and the final where there is one, have ended with at least one completed trial. The member `state` has the state of the campaign: while it is active or paused, ask again later; a campaign that ended before that has no winner. Until then GET /v1/campaigns/{campaignId} shows the best trial of each part.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    explanation: `The body of POST /v1/studies and of POST /v1/campaigns has at most ${inMebibytes(bodyLimits.definition)}, that of POST /v1/studies/import at most ${inMebibytes(bodyLimits.import)}, any other at most ${inMebibytes(bodyLimits.other)}. Leave out spaces and line breaks between values; split a long list of points over several studies.`,
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body has the wrong type',
    explanation: 'Bodies are JSON: send them with the header `content-type: application/json`, uncompressed.',
  },
  'expectation-failed': {
    status: 417,
    title: 'The expectation cannot be met',
    explanation: 'The only value of the header Expect that the service knows is 100-continue. Leave the header out.',
  },
  'host-not-allowed': {
    status: 421,
    title: 'The service does not answer to this host name',
    explanation:
      'A service that listens on a loopback address answers to localhost, to IP addresses and to the name in CLAVIER_HOST, on any port, so that no other site can make its own name point here. For a reverse proxy or a name of your own, list the names in the setting CLAVIER_ALLOWED_HOSTS, separated by commas: `tuning.example, *.internal`; `*` allows all. Once it is set, it holds on any address.',
  },
  'invalid-request': {
    status: 422,
    title: 'The request has faults',
    explanation:
      'A parameter of the path or the query is not allowed or out of range, or the body holds what no definition can: a number too large for a double, a negative zero, U+0000 or half a surrogate pair, keys that are used for attacks, nesting deeper than 32, more than 250,000 values (8,000,000 in an import). The member `errors` names every fault.',
  },
  'invalid-study': {
    status: 422,
    title: 'The study definition has faults',
    explanation:
      'The member `errors` names each fault with a JSON pointer into the definition (from a preset: into the definition it makes). Faults between parts are looked for once each part is right by itself.',
  },
  'invalid-campaign': {
    status: 422,
    title: 'The campaign definition has faults',
    explanation:
      'The member `errors` names each fault with a JSON pointer into the definition (from a preset: into the definition it makes). Faults between parts are looked for once each part is right by itself.',
  },
  'invalid-document': {
    status: 422,
    title: 'The document cannot be imported as it is asked for',
    explanation:
      'The member `errors` names each fault with a JSON pointer into the request. A document must be an export of this format, of the versions of sampler and trainer that this service has; every suggestion and every study checkpoint in it must follow from its own definition and results, which is looked for once each part is right by itself.',
  },
  'invalid-cursor': {
    status: 422,
    title: 'The cursor does not belong to this list',
    explanation: 'A cursor is the `nextCursor` of a page of the same list with the same filters, unchanged. Begin again without a cursor.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    explanation: 'The request line and the headers have at most 16 KiB together.',
  },
  'internal-error': {
    status: 500,
    title: 'The service made an error',
    explanation:
      'This is a fault of the service, not of the request. Its log has the cause under the request id that is the `instance` of the problem.',
  },
  'service-unavailable': {
    status: 503,
    title: 'The database cannot be reached',
    explanation:
      'The service lost its database, or waits for it to start. Ask again after the seconds of the header Retry-After. A change is stored whole or not at all; where the connection broke at its very end it may be stored, so look before you ask again.',
  },
} as const satisfies Record<ProblemCode, ProblemKind>;

/** Most faults that one problem names, and characters of one text in it: an answer is never much larger than its request. */
const mostViolations = 100;
const mostCharacters = 500;

/** Whether a code is in the table. */
export function isProblemCode(code: string): code is ProblemCode {
  return problemCodes.some((known) => known === code);
}

/** Builds the body of a problem. @param requestId a UUID */
export function problemOf(
  code: ProblemCode,
  occurrence: {
    readonly detail: string;
    readonly requestId: string;
    readonly violations?: readonly ViolationRepresentation[];
    readonly state?: StudyState | undefined;
  },
): ProblemRepresentation {
  const { status, title } = problemKinds[code];
  const violations = occurrence.violations ?? [];
  const more = violations.length > mostViolations ? ` (the first ${mostViolations} of ${violations.length} are named)` : '';
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail: shortened(occurrence.detail) + more,
    instance: `urn:uuid:${occurrence.requestId}`,
    code,
    errors: violations.slice(0, mostViolations).map(shortenedViolation),
    ...(occurrence.state !== undefined && { state: occurrence.state }),
  };
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
