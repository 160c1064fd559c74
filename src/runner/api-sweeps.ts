import { periodically } from './periodic.ts';
import type { RunnerSettings, SweepWorld } from './ports.ts';
import { sweep } from './sweep.ts';

/**
 * Sweeps in a process without a runner, until it is disposed: workers of clients need no runner, so that there may be none that
 * sweeps. An unreachable database is logged by the requests that it fails, not here.
 */
export function startSweeps(world: SweepWorld, settings: Pick<RunnerSettings, 'sweepSeconds' | 'leaseSeconds'>): AsyncDisposable {
  const stopping = new AbortController();
  const failed = (error: unknown): void => {
    const level = world.isAway(error) ? 'debug' : 'error';
    world.log[level]({ err: error }, 'the sweep failed and will be retried');
  };
  const sweeping = periodically(settings.sweepSeconds, stopping.signal, () => sweep(world, settings), failed);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await sweeping;
    },
  };
}
