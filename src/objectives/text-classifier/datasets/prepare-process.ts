/**
 * Entry point, started by path with `child_process.fork` and never imported: prepares one dataset, so that the hashing
 * and tokenising of a hundred megabytes does not hold up the heartbeats of the process that asked.
 */

import type { PreparationMessage } from '../../preparation-protocol.ts';
import { prepareDataset } from './prepare.ts';
import type { PrepareRequest } from './prepare-request.ts';

// The channel closes when the runner dies: what is built for nobody ends here. A build is renamed only when whole.
process.on('disconnect', () => process.exit(1));
// A signal to a whole group reaches this process too; the runner decides what becomes of it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

process.once('message', async (request: PrepareRequest) => {
  const message = await answer(request);
  process.send?.(message, () => process.exit(message.type === 'done' ? 0 : 1));
});

async function answer(request: PrepareRequest): Promise<PreparationMessage> {
  try {
    const prepared = await prepareDataset({ ...request, onProgress: (progress) => process.send?.({ type: 'progress', ...progress }) });
    return { type: 'done', ...prepared };
  } catch (error) {
    return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}
