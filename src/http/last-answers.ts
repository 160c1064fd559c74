import type { FastifyInstance } from 'fastify';

/**
 * Closes the connections of requests that are answered while the service stops. A client that kept its connection open would hold up the stop
 * until it uses it again; those that are idle when the stop begins are closed by the server.
 */
export function closeAfterLastAnswers(app: FastifyInstance): void {
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isStopping) reply.header('connection', 'close');
  });
}
