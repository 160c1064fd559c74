import type { HeldTrial } from './evaluation-control.ts';
import type { RunnerSettings, RunnerWorld } from './ports.ts';

/**
 * Renews the leases of all held trials in one statement, and passes the directives on to their evaluations. An evaluation that
 * was silent for too long is ended instead of renewed.
 */
export async function heartbeat(world: RunnerWorld, settings: RunnerSettings, held: readonly HeldTrial[]): Promise<void> {
  const living = held.filter((one) => !endStalled(settings, one));
  const directives = await world.queue.heartbeat(
    living.map((one) => one.trial),
    settings.leaseSeconds,
  );
  for (const { trial, control } of living) {
    const directive = directives.get(trial.token);
    if (directive !== undefined && directive !== 'continue') control?.stop(directive);
  }
}

function endStalled(settings: RunnerSettings, { control }: HeldTrial): boolean {
  if (!control || control.silentMs() < settings.stallSeconds * 1000) return false;
  control.stall(settings.stallSeconds);
  return true;
}
