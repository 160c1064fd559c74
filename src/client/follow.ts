import type { FeedEventRepresentation } from '../api/feed-event.ts';
import { delay } from './delay.ts';
import { type EventBlock, eventBlocks } from './event-blocks.ts';
import { problemErrorOf, retryAfterOf } from './problem-error.ts';
import { addressOf, type ClientOptions, callerHeaders } from './request.ts';

/** Filters of events, and the place to begin at. */
export interface FollowOptions {
  /** Id of a study. Default: all of the project. */
  readonly study?: string;
  /** Default: that of the client; `*`: all, for a key of all projects. */
  readonly project?: string;
  /** Types of events. Default: all. */
  readonly types?: readonly string[];
  /** Number of the last event that you have. Default: from now on. */
  readonly after?: number;
  /** Aborting it ends the iteration, without an error. */
  readonly signal?: AbortSignal;
}

/** Says that events after a number were deleted because of their age before they could be sent. */
export interface EventGap {
  readonly type: 'gap';
  readonly after: number;
  readonly position: number;
}

/** A quiet stream has a sign of life more often; after this time in ms without any, the connection is taken for lost. */
const silenceMs = 45_000;
const usualRetryMs = 2000;

/**
 * Follows events as they happen, each once and in order. When the connection is lost or the service restarts, it connects again and goes on
 * after the last event.
 *
 * @throws ProblemError when the service refuses the request
 */
export async function* follow(options: ClientOptions, given: FollowOptions = {}): AsyncGenerator<FeedEventRepresentation | EventGap> {
  const ended = AbortSignal.any([options.signal, given.signal].filter((one) => one !== undefined));
  let [last, retryMs] = [given.after === undefined ? null : String(given.after), usualRetryMs];
  while (!ended.aborted) {
    const connection = new AbortController();
    const watch = new Silence(() => connection.abort(new ConnectionLostError('the service is silent')));
    try {
      const response = await connect(options, given, { last, signal: AbortSignal.any([ended, connection.signal]) });
      for await (const block of eventBlocks(watch.watched(response.body))) {
        last = block.id ?? last;
        retryMs = block.retry === undefined ? retryMs : Number(block.retry);
        const event = eventOf(block);
        if (event) yield event;
      }
    } catch (error) {
      if (ended.aborted) return;
      if (!isLost(error)) throw error;
    } finally {
      watch.end();
      connection.abort();
    }
    await delay(retryMs, ended).catch(() => undefined); // aborted: the loop ends
  }
}

async function connect(
  options: ClientOptions,
  { study, project, types }: FollowOptions,
  { last, signal }: { readonly last: string | null; readonly signal: AbortSignal },
): Promise<Response> {
  const { baseUrl, fetch: send = fetch } = options;
  const headers = { ...callerHeaders(options), accept: 'text/event-stream', ...(last !== null && { 'last-event-id': last }) };
  const response = await send(addressOf(baseUrl, '/v1/events', { study, project, type: types }), { headers, signal });
  if (response.ok) return response;
  if (response.status !== 503 && response.status !== 429) throw await problemErrorOf(response);
  await response.arrayBuffer(); // releases the connection
  await delay((retryAfterOf(response) ?? 1) * 1000, signal);
  throw new ConnectionLostError('the service is busy');
}

/** A connection that is opened again. */
class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/** fetch throws a TypeError if a connection fails or breaks. */
function isLost(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ConnectionLostError;
}

function eventOf({ event, data }: EventBlock): FeedEventRepresentation | EventGap | null {
  return event === undefined || data === undefined ? null : JSON.parse(data); // the API's tests check its answers against these schemas
}

/** Ends a connection on which nothing comes. */
class Silence {
  readonly #onSilent: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onSilent: () => void) {
    this.#onSilent = onSilent;
    this.#heard();
  }

  async *watched(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
    if (body === null) return;
    const reader = body.getReader();
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        this.#heard();
        yield read.value;
        this.#heard();
      }
    } finally {
      reader.releaseLock();
    }
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onSilent, silenceMs);
  }
}
