import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from '../files/system-error.ts';
import { childrenOf, commandLine, type ProcessIdentity, processIdentity, stillRuns } from '../runners/process-identity.ts';
import type { Account } from './account.ts';
import { EmbeddedPostgresError } from './errors.ts';
import type { Installation } from './installation.ts';
import { serverSettings } from './server-settings.ts';

/** A server that is starting, running or stopping. */
export interface Postmaster {
  readonly identity: ProcessIdentity;
  readonly port: number;
}

/** Options to start a server on a cluster. */
export interface LaunchOptions {
  readonly cluster: string;
  readonly account: Account | null;
  readonly installation: Installation;
  readonly port: number;
  readonly logFile: string;
  readonly durable: boolean;
}

/**
 * Starts a server in a session of its own, so that Ctrl-C in our terminal does not reach it. It survives this process
 * until the next start adopts it.
 *
 * @throws EmbeddedPostgresError when the program cannot be started at all
 */
export async function launch(options: LaunchOptions): Promise<Postmaster> {
  const { account, cluster, installation, port } = options;
  const settings = Object.entries(serverSettings(options.durable)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    const ids = account === null ? {} : { uid: account.uid, gid: account.gid };
    const args = ['-D', cluster, '-p', String(port), ...settings];
    const child = spawn(installation.postgres, args, {
      ...ids,
      cwd: '/',
      env: installation.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    await new Promise<void>((started, failed) => child.once('spawn', started).once('error', failed));
    child.unref();
    const pid = child.pid ?? 0;
    // A server that ended at once is treated like one that ended a moment later: the caller that waits for it finds it dead.
    return { identity: processIdentity(pid) ?? { host: '', boot: '', pidNamespace: '', pid, startedAt: '' }, port };
  } catch (cause) {
    throw new EmbeddedPostgresError(`PostgreSQL could not be started: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  } finally {
    closeSync(log);
  }
}

/**
 * Finds the server that runs on a cluster, or null. The number in `postmaster.pid` is trusted only if that process is a
 * postgres of this very folder. A file whose number now belongs to another program is removed, because PostgreSQL would
 * take that program for a server and refuse to start. PostgreSQL itself handles the file of a dead process.
 */
export async function runningPostmaster(cluster: string): Promise<Postmaster | null> {
  const file = join(cluster, 'postmaster.pid');
  const lines = await readPidFile(file);
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!Number.isInteger(pid) || pid < 1) return null;
  const identity = processIdentity(pid);
  if (identity === null) return null;
  if (isServerOf(cluster, commandLine(pid))) return { identity, port };
  await rm(file, { force: true });
  return null;
}

/** Reads a server's status, the eighth line of its pid file: `ready` once it accepts connections. */
export async function statusOf(cluster: string, { identity }: Postmaster): Promise<string> {
  const lines = await readPidFile(join(cluster, 'postmaster.pid'));
  return Number(lines[0]) === identity.pid ? (lines[7]?.trim() ?? '') : '';
}

/**
 * Stops a server: a fast shutdown (sessions are ended, everything is written), after `limitMs` an immediate one, and
 * after `limitMs` more a kill, from which the next start recovers.
 *
 * @throws EmbeddedPostgresError when it survives all of them
 */
export async function stop({ identity }: Postmaster, limitMs = 30_000): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isRunning(identity)) return;
    sendSignal(identity.pid, signal);
    for (const end = performance.now() + limitMs; performance.now() < end && isRunning(identity); ) await pause(20);
  }
  if (isRunning(identity)) throw new EmbeddedPostgresError(`PostgreSQL, process ${identity.pid}, does not stop`);
}

/**
 * Kills a server and its processes without a word, because the cluster may belong to another server already: a server that
 * is asked to stop would still write, and would remove the pid file of the other.
 */
export function killAtOnce({ identity }: Postmaster): void {
  if (!isRunning(identity)) return;
  // Processes that the platform does not list end by themselves when they miss the first.
  for (const pid of [identity.pid, ...childrenOf(identity.pid)]) sendSignal(pid, 'SIGKILL');
}

/** Tells whether a server still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return stillRuns(identity);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** Recognises a server by its command line, which it keeps. Its child processes rename themselves. */
function isServerOf(cluster: string, command: string | null): boolean {
  return command?.includes(`postgres -D ${cluster} `) === true;
}

async function readPidFile(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
