import type { FastifyInstance } from 'fastify';

/** Requests that begin in a turn of the event loop: one on the connection that was taken in it, and one on those that are kept. */
const beginAtOnce = 2;

/**
 * Lets few requests begin in each turn of the event loop; others wait, in order, for the next turns. Node takes one new connection a turn,
 * after the work of all sockets that were ready: with many requests a turn takes tens of ms, and clients that connect would wait for
 * seconds in the queue of the kernel. Turns are short this way, so that new connections are taken as fast as requests begin.
 */
export function takeTurns(app: FastifyInstance): void {
  const waiting: (() => void)[] = [];
  let begun = 0;
  const nextTurn = (): void => {
    const now = waiting.splice(0, beginAtOnce);
    begun = now.length;
    if (begun > 0) setImmediate(nextTurn);
    for (const begin of now) begin();
  };
  app.addHook('onRequest', (_request, _reply, done) => {
    if (begun === beginAtOnce) {
      waiting.push(done);
      return;
    }
    if (begun === 0) setImmediate(nextTurn);
    begun += 1;
    done();
  });
}
