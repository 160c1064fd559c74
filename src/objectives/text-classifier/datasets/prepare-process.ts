/**
 * Entry point, started by path with `child_process.fork` and never imported: prepares one dataset in a process of its own,
 * so that hashing and tokenising a hundred megabytes does not delay the heartbeats of the process that requested it.
 */

import { proxiedFetch } from '../../../shared/proxied-fetch.ts';
import type { PreparationMessage } from '../../preparation-protocol.ts';
import { prepareDataset } from './prepare.ts';
import type { PrepareRequest } from './prepare-request.ts';

// The channel closes when the runner dies, and nobody needs the build any more. A build is renamed only when it is complete.
process.on('disconnect', () => process.exit(1));
// A signal to the process group reaches this process too, but the runner decides when to end it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

process.once('message', async (request: PrepareRequest) => {
  const message = await answer(request);
  process.send?.(message, () => process.exit(message.type === 'done' ? 0 : 1));
});

async function answer(request: PrepareRequest): Promise<PreparationMessage> {
  try {
    const prepared = await prepareDataset({
      ...request,
      fetch: proxiedFetch(process.env),
      onProgress: (progress) => process.send?.({ type: 'progress', ...progress }),
    });
    return { type: 'done', ...prepared };
  } catch (error) {
    return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}
