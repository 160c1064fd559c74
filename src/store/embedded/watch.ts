import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresLostError } from './errors.ts';
import { isRunning, killAtOnce, type Postmaster, stop } from './postmaster.ts';

/** Callbacks to restart a server that ended unexpectedly. */
export interface KeepRunningOptions {
  /** Starts it on its previous port. Rejects when it does not start. */
  readonly restart: () => Promise<Postmaster>;
  readonly log: (message: string) => void;
  /** Called once, after too many failures. The watch then ends. */
  readonly onLost: (error: EmbeddedPostgresLostError) => void;
}

/** Polling interval. An adopted server is not our child process, so no event reports its end. */
const pollMs = 500;
/** Number of crashes and failed starts, with no long run between them, after which the server is given up. */
const maxFailures = 5;
/** A crash after a run of this length counts as the first of a new series. */
const longRunMs = 60_000;

/**
 * Watches a server and restarts it when it ends unexpectedly: at once the first time, then after a growing pause.
 *
 * @returns functions that end the watch and stop the server, gracefully or at once
 */
export function keepRunning(server: Postmaster, options: KeepRunningOptions): { stop: () => Promise<void>; kill: () => void } {
  const ending = new AbortController();
  let current = server;
  const watch = async (): Promise<void> => {
    for (let failures = 0; ; ) {
      const ranMs = await runTimeOf(current, ending.signal);
      if (ending.signal.aborted) return;
      options.log(`PostgreSQL, process ${current.identity.pid}, ended unexpectedly; restarting it`);
      const again = await startAgain(options, ending.signal, ranMs > longRunMs ? 0 : failures);
      if (again === null) return;
      current = again.server;
      failures = again.failures;
    }
  };
  const watched = watch();
  return {
    stop: async () => {
      ending.abort();
      await watched;
      await stop(current);
    },
    kill: () => {
      ending.abort();
      killAtOnce(current);
    },
  };
}

/** Waits until the server has ended or the watch is over, and returns the time it took in milliseconds. */
async function runTimeOf({ identity }: Postmaster, ending: AbortSignal): Promise<number> {
  const sinceMs = performance.now();
  while (!ending.aborted && isRunning(identity)) await pauseUnless(ending, pollMs);
  return performance.now() - sinceMs;
}

/** @returns the server and the number of failures so far; null when the watch is over or the server is given up */
async function startAgain(
  { restart, log, onLost }: KeepRunningOptions,
  ending: AbortSignal,
  before: number,
): Promise<{ server: Postmaster; failures: number } | null> {
  let reason: unknown = 'it keeps ending';
  for (let failures = before + 1; failures <= maxFailures; failures += 1) {
    await pauseUnless(ending, (2 ** (failures - 1) - 1) * 1000);
    if (ending.aborted) return null;
    try {
      const server = await restart();
      log(`PostgreSQL runs again on 127.0.0.1:${server.port} (process ${server.identity.pid})`);
      return { server, failures };
    } catch (error) {
      reason = error;
      log(`restarting PostgreSQL failed: ${wordsOf(error)}`);
    }
  }
  onLost(new EmbeddedPostgresLostError(`PostgreSQL ended and cannot be restarted: ${wordsOf(reason)}`, { cause: reason }));
  return null;
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function pauseUnless(signal: AbortSignal, ms: number): Promise<void> {
  return pause(ms, undefined, { signal }).catch(() => undefined);
}
