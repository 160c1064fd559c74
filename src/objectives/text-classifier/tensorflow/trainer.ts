/**
 * Entry point, started by path with `child_process.fork` and never imported: runs the trainings that its parent process
 * requests over their channel (see `objectives/trainer-protocol.ts`).
 */
import { existsSync, writeFileSync } from 'node:fs';
import type { RunnerMessage, TrainerMessage } from '../../trainer-protocol.ts';
import { loadTensorFlow, type TensorFlow } from './load.ts';
import { nativeVersion } from './native-op.ts';
import { trainerSession } from './session.ts';

// The channel closes when the runner dies. Nobody needs the training any more, so the process exits between two steps.
process.on('disconnect', () => process.exit(0));
// A signal to the process group (Ctrl-C, a service manager) reaches this process too, but the runner decides how a training ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
offerToTheOomKiller();

const send = (message: TrainerMessage): void => {
  // A message that cannot be sent means a closed channel, and may be noticed before the `disconnect` event.
  process.send?.(message, undefined, undefined, (error) => {
    if (error !== null) process.exit(0);
  });
};

const tf = loadOrLeave();
if (tf !== null) {
  const session = trainerSession(tf, send);
  process.on('message', (message: RunnerMessage) => session.receive(message));
  send({ type: 'ready', libraries: { tensorflow: nativeVersion(tf) } });
}

/** Makes Linux kill a trainer, which costs one attempt, before the service or its database when memory runs out. */
function offerToTheOomKiller(): void {
  if (existsSync('/proc/self/oom_score_adj')) writeFileSync('/proc/self/oom_score_adj', '1000');
}

function loadOrLeave(): TensorFlow | null {
  try {
    return loadTensorFlow();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // A missing add-on is not a crash: the runner is told and starts no other trainer.
    process.send?.({ type: 'unavailable', message } satisfies TrainerMessage, () => process.exit(0));
    return null;
  }
}
