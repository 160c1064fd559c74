import { setTimeout as delay } from 'node:timers/promises';
import { problemErrorOf } from './problem-error.ts';

/** Where the service is. */
export interface ClientOptions {
  /** e.g. `http://localhost:8080`, with or without a slash at its end. */
  readonly baseUrl: string;
  /** Sent as a bearer token with every request. */
  readonly key?: string | undefined;
  /** Absent: the fetch of the platform. */
  readonly fetch?: typeof fetch;
  /** How long an answer may take, its body included. Default 30. */
  readonly timeoutSeconds?: number;
  /** Aborted, requests that are under way are given up and throw its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Parameters of a query; those that are undefined are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** One request. */
interface Call {
  /** Default GET. */
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** A status outside 2xx whose answer is taken all the same. */
  readonly alsoAccept?: number;
  /** How long this answer may take, where that is longer than others. */
  readonly timeoutSeconds?: number;
}

/** Sends requests and reads their answers: as JSON of the type that the API promises, as text, or not at all. */
export interface Requester {
  json<Answer>(call: Call): Promise<Answer>;
  text(call: Call): Promise<string>;
  none(call: Call): Promise<void>;
}

/** The longest that a Retry-After is waited for. */
const longestWaitSeconds = 30;

/** Requests to one service. A GET that is answered 503 with Retry-After is sent once more after that time. */
export function requester({ baseUrl, key, fetch: send = fetch, timeoutSeconds = 30, signal }: ClientOptions): Requester {
  const sendOnce = ({ method = 'GET', path, query = {}, body, timeoutSeconds: longer = timeoutSeconds }: Call): Promise<Response> =>
    send(addressOf(baseUrl, path, query), {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(Math.max(longer, timeoutSeconds) * 1000), ...(signal ? [signal] : [])]),
    });
  const call = async (request: Call): Promise<Response> => {
    const { method = 'GET', alsoAccept } = request;
    let response = await sendOnce(request);
    const waitSeconds = retryAfterSeconds(response);
    // What changes something is not sent twice: the first may have been done.
    if (method === 'GET' && response.status !== alsoAccept && waitSeconds !== undefined) {
      await response.arrayBuffer(); // gives its connection back
      await delay(waitSeconds * 1000, undefined, { signal });
      response = await sendOnce(request);
    }
    if (!response.ok && response.status !== alsoAccept) throw await problemErrorOf(response);
    return response;
  };
  return {
    json: async <Answer>(request: Call) => (await (await call(request)).json()) as Answer, // the API's own schemas; its tests hold it to them
    text: async (request) => (await call(request)).text(),
    none: async (request) => {
      await (await call(request)).arrayBuffer();
    },
  };
}

/** Undefined where asking again makes no sense, or not soon. Dates are not read: the service sends seconds. */
function retryAfterSeconds({ status, headers }: Response): number | undefined {
  const value = headers.get('retry-after') ?? '';
  return status === 503 && /^\d{1,3}$/.test(value) && Number(value) <= longestWaitSeconds ? Number(value) : undefined;
}

function addressOf(baseUrl: string, path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)] as const]));
  const search = new URLSearchParams(Object.fromEntries(given)).toString();
  return `${baseUrl.replace(/\/+$/, '')}${path}${search && `?${search}`}`;
}
