import { setTimeout as delay } from 'node:timers/promises';

/** A block of a stream of server-sent events. */
export interface Block {
  readonly id: string | null;
  readonly event: string | null;
  readonly data: Record<string, unknown> | null;
  readonly retry: string | null;
  readonly comment: string | null;
}

/** A client of a stream of events, which keeps all that it got. Disposing it leaves. */
export class EventReader implements Disposable {
  readonly blocks: Block[] = [];
  readonly status: number;
  readonly headers: Headers;
  /** Settled when the stream has ended: true if the server ended it whole. */
  readonly ended: Promise<boolean>;
  readonly #leave: AbortController;

  private constructor(response: Response, leave: AbortController) {
    this.status = response.status;
    this.headers = response.headers;
    this.#leave = leave;
    this.ended = this.#read(response).then(
      () => true,
      () => false,
    );
  }

  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
    const leave = new AbortController();
    const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: leave.signal });
    return new EventReader(response, leave);
  }

  /** The events so far, without those that say no more than the place. */
  get events(): Block[] {
    return this.blocks.filter(({ event }) => event !== null);
  }

  /** The id with which to connect again. */
  get lastId(): string {
    return this.blocks.findLast(({ id }) => id !== null)?.id ?? '';
  }

  /** Waits for a number of events. @throws Error after 20 seconds */
  async until(count: number): Promise<Block[]> {
    for (let waited = 0; this.events.length < count; waited += 10) {
      if (waited > 20_000) throw new Error(`only ${this.events.length} of ${count} events came`);
      await delay(10);
    }
    return this.events;
  }

  [Symbol.dispose](): void {
    this.#leave.abort();
  }

  async #read({ body }: Response): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.blocks.push(blockOf(text.slice(0, end)));
        text = text.slice(end + 2);
      }
    }
  }
}

function blockOf(text: string): Block {
  const member = (name: string): string | null =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2) ?? null;
  const data = member('data');
  return {
    id: member('id'),
    event: member('event'),
    data: data === null ? null : JSON.parse(data),
    retry: member('retry'),
    comment: member(''),
  };
}
