import { type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { eventBlocks } from '../../src/client/event-blocks.ts';

/** Readers of quiet studies, those that take what comes, and those that take a few kilobytes at a time. */
export type ReaderKind = 'quiet' | 'fast' | 'slow';

/** What a reader got. */
export interface Received {
  readonly kind: ReaderKind;
  readonly study: string;
  /** The place from which it was to get everything; null before it was connected for the first time. */
  start: number | null;
  /** Number of its last event. */
  last: number;
  count: number;
  /** Events that came twice or out of order. */
  misplaced: number;
  connections: number;
  /** Connections that the service ended or refused. */
  lost: number;
}

/** Pause of a slow reader after each chunk, in ms. */
const slowMs = 1000;

/** A client of the stream of one study that goes away and comes back, always with its last id. */
export class Reader {
  readonly received: Received;
  readonly #lags: number[] | null;
  readonly #url: string;
  #connection: IncomingMessage | null = null;
  #id: string | null = null;
  #isStopped = false;
  #isHurried = false;

  /** @param lags gets the time in seconds from the writing of each event until it was here */
  constructor(url: string, { kind, study, lags }: { readonly kind: ReaderKind; readonly study: string; readonly lags: number[] | null }) {
    this.#url = `${url}/v1/studies/${study}/events`;
    this.#lags = lags;
    this.received = { kind, study, start: null, last: 0, count: 0, misplaced: 0, connections: 0, lost: 0 };
  }

  /** Reads until it is stopped. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#readOnce();
      } catch {
        this.received.lost += 1; // a connection that was cut off, also by itself
        await delay(100 + Math.random() * 400);
      }
    }
  }

  /** Cuts the connection off, whatever is on its way. */
  reconnect(): void {
    this.#connection?.destroy();
  }

  /** Reads as fast as it can from now on. */
  hurry(): void {
    this.#isHurried = true;
  }

  stop(): void {
    this.#isStopped = true;
    this.#connection?.destroy();
  }

  async #readOnce(): Promise<void> {
    const response = await this.#connect();
    this.#connection = response;
    this.received.connections += 1;
    if (response.statusCode !== 200) {
      response.destroy();
      throw new Error(`the stream was answered ${response.statusCode}`);
    }
    for await (const { id, event, data } of eventBlocks(this.#paced(response))) {
      if (this.received.start === null && id !== undefined) this.received.start = Number(id);
      if (event !== undefined && data !== undefined && id !== undefined) this.#take(Number(id), event, data);
      this.#id = id ?? this.#id;
    }
  }

  #connect(): Promise<IncomingMessage> {
    const headers = { accept: 'text/event-stream', ...(this.#id !== null && { 'last-event-id': this.#id }) };
    return new Promise((resolve, reject) => {
      const sent = request(this.#url, { headers, agent: false }, resolve);
      sent.on('error', reject);
      sent.end();
    });
  }

  async *#paced(response: IncomingMessage): AsyncGenerator<Uint8Array> {
    for await (const chunk of response) {
      yield chunk;
      if (this.received.kind === 'slow' && !this.#isHurried) await delay(slowMs);
    }
  }

  #take(sequence: number, event: string, data: string): void {
    const { received } = this;
    if (event === 'gap' || sequence <= received.last) received.misplaced += 1;
    received.last = sequence;
    received.count += 1;
    if (this.#lags) this.#lags.push((Date.now() - Date.parse(JSON.parse(data).createdAt)) / 1000);
  }
}
