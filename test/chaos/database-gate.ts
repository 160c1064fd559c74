import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { AnswerWatch } from './answer-watch.ts';

/** A proxy between one process and its database, which forwards everything until it is told otherwise. */
export interface DatabaseGate extends AsyncDisposable {
  readonly port: number;
  /** Cuts every connection. @returns their number */
  cut(): number;
  /** Cuts every connection and refuses new ones for some seconds, so that the process is isolated. */
  isolate(seconds: number): void;
  /** Ends all disturbances. */
  heal(): void;
  /** Drops the next answers that confirm a commit, each together with its connection. */
  loseAnswers(count: number): void;
  /** Number of answers dropped so far. */
  lost(): number;
}

/** Opens a proxy. @param target returns PostgreSQL's port, called for each connection */
export async function openGate(target: () => number): Promise<DatabaseGate> {
  const gate = new Gate(target);
  await gate.listen();
  return gate;
}

class Gate implements DatabaseGate {
  readonly #target: () => number;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #closedUntil = 0;
  #toLose = 0;
  #lost = 0;

  constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer({ noDelay: true }, (client) => this.#open(client));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port; // the server listens on TCP
  }

  async listen(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
  }

  cut(): number {
    const { size } = this.#pairs;
    for (const pair of this.#pairs) this.#close(pair);
    return size;
  }

  isolate(seconds: number): void {
    this.#closedUntil = performance.now() + seconds * 1000;
    this.cut();
  }

  heal(): void {
    this.#closedUntil = 0;
    this.#toLose = 0;
  }

  loseAnswers(count: number): void {
    this.#toLose = count;
  }

  lost(): number {
    return this.#lost;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((closed) => this.#server.close(closed));
  }

  #open(client: Socket): void {
    if (performance.now() < this.#closedUntil) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: '127.0.0.1', port: this.#target(), noDelay: true });
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    for (const side of pair) side.on('error', () => this.#close(pair)).on('close', () => this.#close(pair));
    const watch = new AnswerWatch();
    client.pipe(server);
    server.on('data', (chunk) => this.#pass(pair, chunk, watch.take(chunk)));
  }

  /** Forwards a chunk, unless it ends the answer to a commit and that answer is to be dropped. */
  #pass(pair: readonly [Socket, Socket], chunk: Buffer, committed: boolean): void {
    const [client, server] = pair;
    if (committed && this.#toLose > 0) {
      this.#toLose -= 1;
      this.#lost += 1;
      this.#close(pair);
      return;
    }
    if (client.write(chunk)) return;
    server.pause();
    client.once('drain', () => server.resume());
  }

  #close(pair: readonly [Socket, Socket]): void {
    if (!this.#pairs.delete(pair)) return;
    for (const side of pair) side.resetAndDestroy();
  }
}
