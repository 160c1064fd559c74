import { spawn } from 'node:child_process';

/**
 * Kills a process group when this process ends for any reason: the guard waits for the end of a pipe that only this process
 * holds. The terminal's Ctrl-C does not reach a group of its own, so nothing else would end it.
 */
export function guardGroup(leader: number): Disposable {
  const script = 'read _; kill -s KILL -- "-$1"';
  const guard = spawn('/bin/sh', ['-c', script, 'sh', String(leader)], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.unref();
  return {
    [Symbol.dispose]: () => {
      guard.kill('SIGKILL');
    },
  };
}
