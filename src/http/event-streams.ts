import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { EventFilter, FeedEvent } from '../events/event.ts';
import { FeedReader } from '../events/feed-reader.ts';
import type { EventFeed } from '../events/ports.ts';
import { counted } from '../shared/counted.ts';
import { isDatabaseUnreachable } from '../shared/database-unreachable.ts';
import { tell } from '../shared/telemetry.ts';
import { eventText, gapText, heartbeatText, openingText, stopText } from './event-text.ts';
import { HttpProblem } from './http-problem.ts';

/** Limits of the streams of a process. */
export interface StreamLimits {
  /** Most streams at a time. */
  readonly most: number;
  /** Most streams at a time of one key, or of one address without a key; 0: any number. */
  readonly mostOfOne: number;
  /** Time in ms after which a quiet stream gets a sign of life; a key is checked as often. */
  readonly heartbeatMs: number;
  /** Time in ms for which a reader may take nothing of what is ready, after which it is dropped. */
  readonly stallMs: number;
}

const usualLimits: StreamLimits = { most: 5000, mostOfOne: 2000, heartbeatMs: 15_000, stallMs: 30_000 };
/** Bytes of events that are written together. */
const chunkBytes = 32_768;
/** Time in ms until a stream looks again for a database that is away, and that a stop waits for the clients. */
const [awayMs, stopMs] = [1000, 2000];
/** Longest time in ms that a client waits before it connects again; drawn for each, so that they do not all come at once. */
const longestRetryMs = 3000;

/** Seconds after which a sender with too many streams may try again. */
const retrySeconds = 10;

/** Whose streams are counted together: those of a key, or of an address without a key. */
export interface StreamSender {
  readonly kind: 'key' | 'address';
  readonly id: string;
}

/** A stream that a request asks for. */
export interface StreamRequest {
  readonly filter: EventFilter;
  /** Number of the last event that the client has; null: it wants those from now on. */
  readonly after: bigint | null;
  /** The sender, whose streams are counted together. */
  readonly sender: StreamSender;
  /** True while the caller may still read; asked at each sign of life. */
  readonly mayRead: () => Promise<boolean>;
}

/** The streams of events of a process: opens them, and ends them at a stop. */
export class EventStreams {
  readonly #feed: EventFeed;
  readonly #limits: StreamLimits;
  readonly #open = new Map<FeedReader, { readonly response: ServerResponse; readonly senderId: string }>();
  readonly #counts = new Map<string, number>();
  #isStopping = false;

  constructor(feed: EventFeed, limits: Partial<StreamLimits> = {}) {
    this.#feed = feed;
    this.#limits = { ...usualLimits, ...limits };
  }

  /**
   * Answers a request with a stream, which ends when the client goes, stalls or loses its right, when the study of the filter is deleted,
   * or when the service stops.
   *
   * @throws HttpProblem `streams-busy` when there are too many, `too-many-streams` when they are the sender's; DatabaseUnreachableError
   */
  async send(reply: FastifyReply, { filter, after, sender, mayRead }: StreamRequest): Promise<FastifyReply> {
    this.#refuseIfTooMany(reply, sender);
    const begin = await this.#begin(after);
    this.#refuseIfTooMany(reply, sender);
    const reader = new FeedReader(this.#feed, filter, begin.position);
    if (!reply.raw.destroyed) this.#add(reader, reply.raw, sender);
    return reply
      .type('text/event-stream')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .header('connection', 'close') // it is not used again, and a stop need not wait for it
      .send(Readable.from(this.#chunks(reader, { begin, filter, mayRead }), { objectMode: false }));
  }

  #refuseIfTooMany(reply: FastifyReply, { kind, id }: StreamSender): void {
    if (this.#isStopping || this.#open.size >= this.#limits.most)
      throw new HttpProblem('streams-busy', `${this.#open.size} streams of events are open here; try again in a few seconds`);
    const { mostOfOne } = this.#limits;
    if (mostOfOne === 0 || (this.#counts.get(id) ?? 0) < mostOfOne) return;
    reply.header('retry-after', retrySeconds);
    const open = counted(mostOfOne, 'stream');
    throw new HttpProblem(
      'too-many-streams',
      `the ${kind} has ${open} of events open here; close some, or try again in ${retrySeconds} seconds`,
    );
  }

  /** Ends all streams, for a graceful stop; those whose clients do not take their end are cut off. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const reader of this.#open.keys()) reader.stop();
    for (let waited = 0; this.#open.size > 0 && waited < stopMs; waited += 50) await delay(50);
    for (const reader of [...this.#open.keys()]) this.#cut(reader);
  }

  #add(reader: FeedReader, response: ServerResponse, { id: senderId }: StreamSender): void {
    this.#open.set(reader, { response, senderId });
    this.#counts.set(senderId, (this.#counts.get(senderId) ?? 0) + 1);
    tell('eventStream', 'opened');
    response.once('close', () => this.#remove(reader, 'closed'));
  }

  #remove(reader: FeedReader, how: 'closed' | 'dropped'): void {
    const stream = this.#open.get(reader);
    if (!stream) return;
    this.#open.delete(reader);
    const left = (this.#counts.get(stream.senderId) ?? 1) - 1;
    if (left > 0) this.#counts.set(stream.senderId, left);
    else this.#counts.delete(stream.senderId);
    reader[Symbol.dispose]();
    tell('eventStream', how);
  }

  #cut(reader: FeedReader): void {
    const stream = this.#open.get(reader);
    this.#remove(reader, 'dropped');
    stream?.response.destroy();
  }

  /** The place at which a stream begins, and the text that opens it. */
  async #begin(after: bigint | null): Promise<{ readonly position: bigint; readonly text: string }> {
    const retryMs = retryTime();
    if (after === null || (await this.#feed.isComplete(after))) {
      const position = after ?? (await this.#feed.position());
      return { position, text: openingText(retryMs, position) };
    }
    const now = await this.#feed.position();
    const position = after > now ? now : after;
    return { position, text: openingText(retryMs, position) + gapText(after, position) };
  }

  async *#chunks(
    reader: FeedReader,
    { begin, filter, mayRead }: Pick<StreamRequest, 'filter' | 'mayRead'> & { readonly begin: { readonly text: string } },
  ): AsyncGenerator<string> {
    yield begin.text;
    let [heardAt, checkedAt] = [performance.now(), performance.now()];
    const { heartbeatMs } = this.#limits;
    while (this.#open.has(reader) && !this.#isStopping) {
      const events = await this.#next(reader, Math.max(1, heartbeatMs - (performance.now() - heardAt)));
      for (const text of joined(events.map(eventText))) yield* this.#unlessStalled(reader, text);
      if (events.some(({ type }) => type === 'study-deleted' && filter.studyId !== undefined)) return;
      const now = performance.now();
      if (now - checkedAt >= heartbeatMs) {
        if (!(await mayRead())) return;
        checkedAt = now;
      }
      if (events.length === 0 && now - heardAt < heartbeatMs) continue;
      if (events.length === 0) yield* this.#unlessStalled(reader, heartbeatText(reader.position));
      heardAt = now;
    }
    if (this.#isStopping) yield stopText(retryTime());
  }

  /** The next events; none for a second while the database is away. */
  async #next(reader: FeedReader, waitMs: number): Promise<readonly FeedEvent[]> {
    try {
      return await reader.next(waitMs);
    } catch (error) {
      if (!isDatabaseUnreachable(error)) throw error;
      await delay(awayMs);
      return [];
    }
  }

  /** Passes a text to the client, and drops the client if it does not ask for more in time. */
  *#unlessStalled(reader: FeedReader, text: string): Generator<string> {
    const stalled = setTimeout(() => this.#cut(reader), this.#limits.stallMs);
    try {
      yield text;
    } finally {
      clearTimeout(stalled);
    }
  }
}

function retryTime(): number {
  return Math.round(longestRetryMs * (0.2 + 0.8 * Math.random()));
}

/** Joins texts to chunks. */
function* joined(texts: readonly string[]): Generator<string> {
  let chunk = '';
  for (const text of texts) {
    if (chunk.length > 0 && chunk.length + text.length > chunkBytes) {
      yield chunk;
      chunk = '';
    }
    chunk += text;
  }
  if (chunk.length > 0) yield chunk;
}
