import { delay } from './delay.ts';
import { problemErrorOf, retryAfterOf } from './problem-error.ts';
import { type RetryOptions, withRetries } from './retry.ts';
import { textLines } from './text-lines.ts';

/** Address of the service, and settings that hold for every request. */
export interface ClientOptions {
  /** E.g. `http://localhost:8080`, with or without a trailing slash. */
  readonly baseUrl: string;
  /** Sent as a bearer token with every request. */
  readonly key?: string | undefined;
  /** The project in which the requests act, for a key of all projects. Default: that of the key, or `default`. */
  readonly project?: string | undefined;
  /** Default: the platform's fetch. */
  readonly fetch?: typeof fetch;
  /** Time limit of an answer, its body included. Default 30. */
  readonly timeoutSeconds?: number;
  /** Aborting it abandons requests in progress, which then throw its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Query parameters. Undefined ones are left out; of a list each value is sent. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** One request. */
interface Call {
  /** Default GET. */
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** A status outside 2xx that is accepted as an answer. */
  readonly alsoAccept?: number;
  /** Entity tag of an earlier answer. */
  readonly ifNoneMatch?: string | undefined;
  /** Time limit of this answer, if it is longer than the client's. */
  readonly timeoutSeconds?: number;
  /** Repeats the request while the service is unavailable. Absent: only a GET is repeated, once. */
  readonly retry?: RetryOptions;
  /** Sent with every repetition, so that the service knows it as the same request. */
  readonly idempotencyKey?: string;
}

/** Sends requests and reads the answers: as JSON of the type that the API promises, as text, or not at all. */
export interface Requester {
  json<Answer>(call: Call): Promise<Answer>;
  /** The entity tag of the answer too. `answer` is null if it is still the one that `ifNoneMatch` names. */
  unlessKnown<Answer>(call: Call): Promise<{ readonly answer: Answer | null; readonly etag: string | null }>;
  text(call: Call): Promise<string>;
  /** The lines of an answer, as they arrive. */
  lines(call: Call): AsyncGenerator<string>;
  none(call: Call): Promise<void>;
  /** The items of a list. Its pages are fetched as they are read. */
  pages<Item>(path: string, filter: Query): AsyncGenerator<Item>;
}

/** A longer Retry-After is not waited for. */
const longestWaitSeconds = 30;

/** Makes a requester for one service. A GET that is answered 503 with Retry-After is sent once more after that time. */
export function requester(options: ClientOptions): Requester {
  const { baseUrl, fetch: send = fetch, signal } = options;
  const sendOnce = (request: Call): Promise<Response> => send(addressOf(baseUrl, request.path, request.query), initOf(request, options));
  const call = async (request: Call): Promise<Response> => {
    const { method = 'GET', alsoAccept } = request;
    let response = await sendOnce(request);
    const waitSeconds = retryAfterSeconds(response);
    // A request that changes something is not repeated here: the first may have been carried out.
    if (method === 'GET' && response.status !== alsoAccept && waitSeconds !== undefined) {
      await response.arrayBuffer(); // releases the connection
      await delay(waitSeconds * 1000, signal);
      response = await sendOnce(request);
    }
    if (!response.ok && response.status !== alsoAccept) throw await problemErrorOf(response);
    return response;
  };
  const json = async <Answer>(request: Call): Promise<Answer> => {
    const attempt = async (): Promise<Answer> => (await (await call(request)).json()) as Answer; // the API's tests check its answers against these schemas
    const { retry } = request;
    return retry ? withRetries(attempt, { ...retry, signal: eitherOf(signal, retry.signal) }) : attempt();
  };
  return {
    json,
    unlessKnown: async <Answer>(request: Call) => {
      const response = await call({ ...request, alsoAccept: 304 });
      return { answer: response.status === 304 ? null : ((await response.json()) as Answer), etag: response.headers.get('etag') };
    },
    text: async (request) => (await call(request)).text(),
    async *lines(request) {
      yield* textLines((await call(request)).body);
    },
    none: async (request) => {
      await (await call(request)).arrayBuffer();
    },
    async *pages<Item>(path: string, filter: Query) {
      let cursor: string | null | undefined;
      do {
        const page: { items: Item[]; nextCursor: string | null } = await json({
          path,
          query: { ...filter, limit: 200, cursor: cursor ?? undefined },
        });
        yield* page.items;
        cursor = page.nextCursor;
      } while (cursor !== null);
    },
  };
}

function initOf(request: Call, { key, project, timeoutSeconds = 30, signal }: ClientOptions): RequestInit {
  const { method = 'GET', body, ifNoneMatch, timeoutSeconds: longer = timeoutSeconds, idempotencyKey, retry } = request;
  const limit = AbortSignal.timeout(Math.max(longer, timeoutSeconds) * 1000);
  return {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
      ...callerHeaders({ key, project }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': `"${idempotencyKey}"` }), // a string of RFC 9651
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.any([limit, signal, retry?.signal].filter((one) => one !== undefined)),
  };
}

/** The headers that say who sends a request, and in which project. */
export function callerHeaders({ key, project }: Pick<ClientOptions, 'key' | 'project'>): Record<string, string> {
  return {
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(project !== undefined && { 'clavier-project': project }),
  };
}

function eitherOf(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one && other ? AbortSignal.any([one, other]) : (one ?? other);
}

/** Undefined when a retry makes no sense, or not soon enough. */
function retryAfterSeconds(response: Response): number | undefined {
  const seconds = retryAfterOf(response);
  return response.status === 503 && seconds !== undefined && seconds <= longestWaitSeconds ? seconds : undefined;
}

/** The address of a request. */
export function addressOf(baseUrl: string, path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [key, String(one)]),
  );
  const search = new URLSearchParams(given).toString();
  return `${baseUrl.replace(/\/+$/, '')}${path}${search && `?${search}`}`;
}
