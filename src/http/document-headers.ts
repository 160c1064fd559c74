import { projectNamePattern } from '../access/project.ts';
import { isRecord, type Members } from './document-members.ts';

/** Response headers that the document describes. */
const header = {
  etag: text('ETag', 'Identifies the bytes of the response. Send it back as If-None-Match.'),
  changed: text('ETag', 'Identifies the resource after the change, as that of a read does.'),
  location: text('Location', 'Address of the new resource.'),
  elsewhere: text('Location', 'Address to go to.'),
  pollAfter: {
    'Retry-After': {
      required: false,
      description: 'Recommended seconds before the next read; absent once it has ended.',
      schema: { type: 'integer', minimum: 0 },
    },
  },
  retryAfter: { 'Retry-After': { description: 'Seconds to wait before the next try.', schema: { type: 'integer', minimum: 0 } } },
};

/** Response headers that many operations have: the document describes them once. */
export const sharedHeaders = {
  RateLimitLimit: integer('Requests that the key, or an address without one, may send in a minute; absent without a limit.'),
  RateLimitRemaining: integer('Requests that are left in this minute.'),
  RateLimitReset: integer('Seconds until the minute is over.'),
};
const limitHeaders = {
  'RateLimit-Limit': { $ref: '#/components/headers/RateLimitLimit' },
  'RateLimit-Remaining': { $ref: '#/components/headers/RateLimitRemaining' },
  'RateLimit-Reset': { $ref: '#/components/headers/RateLimitReset' },
};

const ifNoneMatch = {
  in: 'header',
  name: 'If-None-Match',
  required: false,
  description: 'The ETag of an earlier response, a list of them, or `*`. The response is 304 without a body if nothing has changed.',
  schema: { type: 'string' },
};

const projectHeader = {
  in: 'header',
  name: 'Clavier-Project',
  required: false,
  description:
    'The project in which the request acts, for a key of all projects or where no key is needed. Default: `default`. A key of one project may only name its own.',
  schema: { type: 'string', pattern: projectNamePattern.source },
};

/**
 * Adds the headers that follow from the responses of an operation. With a 304, it has an ETag and takes If-None-Match. The 200 of
 * a PATCH has the new ETag. A 201 or a 302 has a Location, and a 429 and a 503 with a problem a Retry-After. Successes and
 * a 429 say how many requests are left. Every operation on resources takes
 * Clavier-Project. Routes declare all other request headers themselves.
 */
export function documentHeaders(paths: unknown): void {
  for (const [path, operations] of Object.entries(isRecord(paths) ? paths : {})) {
    for (const [method, operation] of Object.entries(isRecord(operations) ? operations : {})) {
      if (!isRecord(operation)) continue;
      if (path.startsWith('/v1/')) addParameter(operation, projectHeader);
      const responses = isRecord(operation['responses']) ? operation['responses'] : {};
      if (isRecord(responses['304'])) {
        addParameter(operation, ifNoneMatch);
        addHeader(responses['200'], header.etag);
        addHeader(responses['304'], header.etag);
      }
      if (method === 'patch') addHeader(responses['200'], header.changed);
      addHeader(responses['201'], header.location);
      addHeader(responses['302'], header.elsewhere);
      addHeader(responses['201'], header.etag);
      if (takesWait(operation)) for (const status of ['200', '304']) addHeader(responses[status], header.pollAfter);
      for (const [status, response] of Object.entries(responses)) if (status < '300' || status === '429') addHeader(response, limitHeaders);
      addHeader(responses['429'], header.retryAfter);
      if (isProblem(responses['503'])) addHeader(responses['503'], header.retryAfter);
    }
  }
}

function takesWait({ parameters }: Members): boolean {
  return Array.isArray(parameters) && parameters.some((parameter) => isRecord(parameter) && parameter['name'] === 'wait');
}

function text(name: string, description: string): Members {
  return { [name]: { description, schema: { type: 'string' } } };
}

function integer(description: string): Members {
  return { description, required: false, schema: { type: 'integer', minimum: 0 } };
}

function addParameter(operation: Members, added: Members): void {
  operation['parameters'] = [...(Array.isArray(operation['parameters']) ? operation['parameters'] : []), added];
}

function addHeader(response: unknown, added: Members): void {
  if (isRecord(response)) response['headers'] = { ...(isRecord(response['headers']) ? response['headers'] : {}), ...added };
}

function isProblem(response: unknown): boolean {
  return isRecord(response) && isRecord(response['content']) && 'application/problem+json' in response['content'];
}
