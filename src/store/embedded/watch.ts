import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresLostError } from './errors.ts';
import { isRunning, type Postmaster, stop } from './postmaster.ts';

/** How a server that ended without us is had again. */
export interface KeepRunningOptions {
  /** Starts it on the port it had. Rejects where it does not start. */
  readonly restart: () => Promise<Postmaster>;
  readonly log: (message: string) => void;
  /** Called once, where it was started in vain too often. The watch is over then. */
  readonly onLost: (error: EmbeddedPostgresLostError) => void;
}

/** The server may be adopted, not our child: nobody tells us of its end, so we look. */
const lookMs = 500;
/** Deaths and failed starts, without a long life between them, after which it is given up. */
const deathsToGiveUp = 5;
/** A server that lived this long died of something new. */
const longLifeMs = 60_000;

/**
 * Watches a server and starts it again when it ended without us: at once, and with a growing pause when it ends again.
 *
 * @returns what ends the watch and stops the server
 */
export function keepRunning(server: Postmaster, options: KeepRunningOptions): () => Promise<void> {
  const ending = new AbortController();
  let current = server;
  const watch = async (): Promise<void> => {
    for (let deaths = 0; ; ) {
      const aliveMs = await lifeOf(current, ending.signal);
      if (ending.signal.aborted) return;
      options.log(`PostgreSQL, process ${current.identity.pid}, ended without us; starting it again`);
      const again = await startAgain(options, ending.signal, aliveMs > longLifeMs ? 0 : deaths);
      if (again === null) return;
      current = again.server;
      deaths = again.deaths;
    }
  };
  const watched = watch();
  return async () => {
    ending.abort();
    await watched;
    await stop(current);
  };
}

/** Resolves when the server has ended, or the watch is over, with how long that took. */
async function lifeOf({ identity }: Postmaster, ending: AbortSignal): Promise<number> {
  const sinceMs = performance.now();
  while (!ending.aborted && isRunning(identity)) await pauseUnless(ending, lookMs);
  return performance.now() - sinceMs;
}

/** @returns the server with all deaths so far; null where the watch is over, or it was in vain */
async function startAgain(
  { restart, log, onLost }: KeepRunningOptions,
  ending: AbortSignal,
  before: number,
): Promise<{ server: Postmaster; deaths: number } | null> {
  let reason: unknown = 'it ends again and again';
  for (let deaths = before + 1; deaths <= deathsToGiveUp; deaths += 1) {
    await pauseUnless(ending, (2 ** (deaths - 1) - 1) * 1000);
    if (ending.aborted) return null;
    try {
      const server = await restart();
      log(`PostgreSQL runs again on 127.0.0.1:${server.port} (process ${server.identity.pid})`);
      return { server, deaths };
    } catch (error) {
      reason = error;
      log(`another start of PostgreSQL failed: ${wordsOf(error)}`);
    }
  }
  onLost(new EmbeddedPostgresLostError(`PostgreSQL ended and cannot be started again: ${wordsOf(reason)}`, { cause: reason }));
  return null;
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function pauseUnless(signal: AbortSignal, ms: number): Promise<void> {
  return pause(ms, undefined, { signal }).catch(() => undefined);
}
