import { spawn } from 'node:child_process';

/**
 * Kills a process group once this process is gone, however it went: the guard waits for the end of a pipe that only this
 * process holds. A group of its own does not hear the terminal's Ctrl-C, so nothing else would end it.
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
