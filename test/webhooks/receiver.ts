import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as a receiver got it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers a message, or ends its connection. */
export type Behaviour = (response: ServerResponse, message: Received) => void;

/** A receiver of webhooks on this machine. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** All messages so far, in the order in which they arrived whole. */
  readonly received: readonly Received[];
  /** Most messages that were unanswered at a time. */
  readonly mostAtOnce: () => number;
  /** Changes how it answers from now on. */
  behave(behaviour: Behaviour): void;
}

/** Accepts every message. */
export const accept: Behaviour = (response) => void response.writeHead(200).end('ok');

/** Starts a receiver that accepts everything until it is told otherwise. */
export async function startReceiver(): Promise<Receiver> {
  let behaviour = accept;
  let [open, most] = [0, 0];
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    response.on('close', () => {
      open -= 1;
    });
    open += 1;
    most = Math.max(most, open);
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const message = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(pieces).toString('utf8') };
    received.push(message);
    behaviour(response, message);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    mostAtOnce: () => most,
    behave: (next) => {
      behaviour = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
