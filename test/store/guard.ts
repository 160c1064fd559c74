import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Ends the server of a folder and removes the folder when this process ends for any reason: the guard waits for the end of a
 * pipe that only this process holds. So a killed run leaves no server behind.
 */
export function guardFolder(folder: string): Disposable {
  const script = 'read _; read pid < "$1/postgres/postmaster.pid" && kill -QUIT "$pid"; sleep 1; rm -rf "$1"';
  const guard: ChildProcess = spawn('/bin/sh', ['-c', script, 'sh', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.unref();
  return {
    [Symbol.dispose]: () => {
      guard.kill('SIGKILL');
    },
  };
}
