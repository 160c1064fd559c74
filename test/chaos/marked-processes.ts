import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process with the mark of a world in its environment, which its descendants inherit. */
export interface MarkedProcess {
  readonly pid: number;
  readonly parent: number;
  /** Arguments separated by spaces. */
  readonly command: string;
}

/** The variable that marks the processes of a world. */
export const markVariable = 'CHAOS_WORLD';

/** Lists every living process of a world, whatever its current parent. */
export function markedProcesses(mark: string): MarkedProcess[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (marked(Number(name), mark) ?? []) : []));
}

function marked(pid: number, mark: string): MarkedProcess | null {
  try {
    if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${markVariable}=${mark}`)) return null;
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    return { pid, parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() };
  } catch (error) {
    if (isGoneOrHidden(error)) return null;
    throw error;
  }
}

/** The process ended meanwhile or belongs to another user, so it is not ours. */
function isGoneOrHidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(String(error.code));
}

/** Tells whether a process is a trainer, real or fast. */
export function isTrainer({ command }: MarkedProcess): boolean {
  return /trainer\.m?js/.test(command);
}

/** Sends a signal to a process, or to a group (negative). @returns false if it has ended */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/**
 * Kills every process of a world when this process ends for any reason: the guard waits for the end of a pipe that only
 * this process holds. Kills twice, because a process may be forking at that moment.
 */
export function guardWorld(mark: string): Disposable {
  const script = `read _
for round in 1 2 3; do
  for file in /proc/[0-9]*/environ; do
    if tr '\\0' '\\n' < "$file" 2> /dev/null | grep -qx "$1"; then pid=\${file#/proc/}; kill -s KILL "\${pid%/environ}"; fi
  done
  sleep 0.3
done`;
  const guard = spawn('/bin/sh', ['-c', script, 'sh', `${markVariable}=${mark}`], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.unref();
  return {
    [Symbol.dispose]: () => {
      guard.kill('SIGKILL');
    },
  };
}
