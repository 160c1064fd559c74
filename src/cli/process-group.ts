import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readLines } from './lines.ts';

/** Environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The program of a command does not exist here, or must not be run. */
export class ProgramMissingError extends Error {
  override readonly name = 'ProgramMissingError';
}

/** A command that runs with all the processes that it starts. */
export interface ProcessGroup {
  /**
   * Resolves when the command has ended, none of its processes is left and its output is read.
   *
   * @throws ProgramMissingError; the error of the system if no process can be started
   */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Sends SIGTERM to the group and, after the grace, SIGKILL. */
  stop(): void;
}

/** Settings of a command. */
interface GroupOptions {
  readonly environment: Environment;
  /** Time from SIGTERM to SIGKILL. */
  readonly graceSeconds: number;
  readonly onOutput: (line: string) => void;
  readonly onError: (line: string) => void;
}

/** Time for reading the last output of a command that has ended: a process outside of the group may keep the pipe open. */
const lastOutputMs = 2000;

/** Starts a command in a process group of its own, which no Ctrl-C of the terminal reaches. The group ends with this process. */
export function startGroup([program = '', ...args]: readonly string[], options: GroupOptions): ProcessGroup {
  const child = spawn(program, args, { env: options.environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const exited = exitOf(child, program);
  const output = Promise.all([readLines(child.stdout, options.onOutput), readLines(child.stderr, options.onError)]);
  const guard = child.pid === undefined ? null : guardGroup(child.pid, options.graceSeconds);
  let killing: NodeJS.Timeout | undefined;
  const end = async () => {
    try {
      const exit = await exited;
      signalGroup(child, 'SIGKILL'); // to what the command left behind
      await Promise.race([output, delay(lastOutputMs, undefined, { ref: false })]);
      return exit;
    } finally {
      clearTimeout(killing);
      guard?.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
    }
  };
  return {
    ended: end(),
    stop: () => {
      signalGroup(child, 'SIGTERM');
      killing ??= setTimeout(() => signalGroup(child, 'SIGKILL'), options.graceSeconds * 1000);
    },
  };
}

async function exitOf(child: ChildProcess, program: string): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  try {
    const [code, signal]: [number | null, NodeJS.Signals | null] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]; // the arguments of the event
    return { code, signal };
  } catch (error) {
    throw isMissing(error) ? missing(program) : error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
}

function missing(program: string): ProgramMissingError {
  return new ProgramMissingError(`cannot run ${program}: there is no such program, or it is not executable; check the command after --`);
}

/** Sends a signal to all processes of the group of a command, if there are any left. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: none is left. EPERM: on macOS, only ended ones are left.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}

/** Ends the group when this process dies, however it dies: the guard reads a pipe that only this process holds open. */
function guardGroup(leader: number, graceSeconds: number): ChildProcess {
  const script = 'read _; kill -s TERM -- "-$1"; sleep "$2"; kill -s KILL -- "-$1"';
  return spawn('/bin/sh', ['-c', script, 'sh', String(leader), String(graceSeconds)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

/** Checks that a program can be run. @throws ProgramMissingError */
export async function requireProgram(program: string, { PATH: path = '' }: Environment): Promise<void> {
  const places = program.includes('/') ? [program] : path.split(delimiter).map((folder) => join(folder || '.', program));
  for (const place of places) if (await isExecutable(place)) return;
  throw missing(program);
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false; // of the file system: it cannot be run from here
    throw error;
  }
}
