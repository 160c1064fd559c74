type Members = Record<string, unknown>;

/** Headers that answers have, beside those of HTTP itself. */
const header = {
  etag: text('ETag', 'Names the bytes of the answer; send it back as If-None-Match.'),
  location: text('Location', 'Address of what was created.'),
  retryAfter: { 'Retry-After': { description: 'Seconds to wait before asking again.', schema: { type: 'integer', minimum: 0 } } },
};

const ifNoneMatch = {
  in: 'header',
  name: 'If-None-Match',
  required: false,
  description: 'The ETag of an earlier answer, several of them, or `*`: 304 without a body while nothing changed.',
  schema: { type: 'string' },
};

/**
 * Writes into the operations of a document which headers they take and answer with. They follow from the responses: what
 * can be answered 304 has an ETag, what was created has a Location, and a 503 that is a problem says when to ask again.
 */
export function documentHeaders(paths: unknown): void {
  for (const path of membersOf(paths)) {
    for (const operation of membersOf(path)) {
      const responses = isRecord(operation['responses']) ? operation['responses'] : {};
      if (isRecord(responses['304'])) {
        operation['parameters'] = [...(Array.isArray(operation['parameters']) ? operation['parameters'] : []), ifNoneMatch];
        addHeader(responses['200'], header.etag);
        addHeader(responses['304'], header.etag);
      }
      addHeader(responses['201'], header.location);
      if (isProblem(responses['503'])) addHeader(responses['503'], header.retryAfter);
    }
  }
}

function text(name: string, description: string): Members {
  return { [name]: { description, schema: { type: 'string' } } };
}

function addHeader(response: unknown, added: Members): void {
  if (isRecord(response)) response['headers'] = { ...(isRecord(response['headers']) ? response['headers'] : {}), ...added };
}

function isProblem(response: unknown): boolean {
  return isRecord(response) && isRecord(response['content']) && 'application/problem+json' in response['content'];
}

function membersOf(value: unknown): Members[] {
  return isRecord(value) ? Object.values(value).filter(isRecord) : [];
}

function isRecord(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
