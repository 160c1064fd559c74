import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hasCode } from '../files/system-error.ts';
import type { Account } from './account.ts';
import type { Postmaster } from './postmaster.ts';
import { programEnvironment } from './program.ts';

/** Options of a guard. */
export interface GuardOptions {
  /** Folder of the cluster and of the sign of life, which the account can enter. */
  readonly home: string;
  readonly account: Account | null;
  readonly log: (message: string) => void;
  /** Interval of the signs of life and of the looks for them. Default 2000. */
  readonly everyMs?: number;
}

/** Looks in a row without a sign of life after which the guard ends the server (20 s), and after which it kills one that does not end (26 s). */
const silentLooks = ['10', '13'];

/**
 * Program of the guard: file, process number of the server, seconds between two looks, and the two limits. It ends the server immediately, as a
 * crash would; an orderly stop might take longer than another machine waits. Where no program can tell the time of the file, it ends nothing.
 */
const program = `
last=; silent=0
while kill -0 "$2" 2>/dev/null; do
  now=$(ls -l --full-time "$1" 2>/dev/null || ls -lT "$1" 2>/dev/null)
  if [ -z "$now" ] && [ -e "$1" ]; then silent=0; elif [ "$now" = "$last" ]; then silent=$((silent + 1)); else silent=0; last=$now; fi
  if [ "$silent" -ge "$5" ]; then kill -s KILL "$2"; elif [ "$silent" -ge "$4" ]; then kill -s QUIT "$2"; fi
  sleep "$3" || exit
done
rm -f "$1"`;

/**
 * Guards a server that outlives this process. As long as this process lives, it touches a file every 2 s; a small program beside the
 * server ends it when the file was not touched for 20 s. So a server whose process was killed or stands still has ended before
 * another machine that shares the folder starts its own on the cluster. The next start on this machine touches the
 * same file, and so keeps the server.
 */
export async function guardServer({ identity }: Postmaster, options: GuardOptions): Promise<AsyncDisposable> {
  const { home, everyMs = 2000 } = options;
  const file = join(home, `postgres-${identity.pid}-${identity.startedAt.replaceAll(/\W/g, '')}.alive`);
  await removeOthers(home, basename(file));
  await writeFile(file, '');
  const guard = startProgram([file, String(identity.pid), String(everyMs / 1000), ...silentLooks], options);
  const sign = setInterval(() => {
    const now = new Date();
    void utimes(file, now, now).catch((error: unknown) => {
      // A folder that is gone has no server any more. After any other failure, the guard decides.
      if (hasCode(error, 'ENOENT')) clearInterval(sign);
    });
  }, everyMs);
  sign.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(sign);
      if (guard?.pid !== undefined && guard.exitCode === null && guard.signalCode === null) process.kill(-guard.pid, 'SIGTERM');
      await rm(file, { force: true });
    },
  };
}

/** Removes the files of earlier servers: a guard that still runs, on another machine, then sees no sign of life. */
async function removeOthers(home: string, own: string): Promise<void> {
  const others = (await readdir(home)).filter((name) => /^postgres-\d+-\w*\.alive$/.test(name) && name !== own);
  await Promise.all(others.map((name) => rm(join(home, name), { force: true })));
}

/** Starts the program as the server's account, in a session of its own, as the server. Windows has no shell for it. */
function startProgram(args: readonly string[], { account, log }: GuardOptions): ChildProcess | null {
  if (process.platform === 'win32') return null;
  const ids = account === null ? {} : { uid: account.uid, gid: account.gid };
  const options = { ...ids, cwd: '/', env: programEnvironment(), detached: true, stdio: 'ignore' } as const;
  const guard = spawn('/bin/sh', ['-c', program, 'sh', ...args], options);
  guard.once('error', (error) => log(`PostgreSQL runs without a guard that ends it when this process is lost: ${error.message}`));
  guard.unref();
  return guard;
}
