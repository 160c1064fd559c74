import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { guardGroup } from './guard-group.ts';

/** A program that runs. Disposing it kills it with its process group, and so does the end of this process. */
export interface Program extends Disposable {
  /** Everything that it has written so far. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Its exit code, or null if a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** Starts a program. @param settings variables of its environment beside those of this process */
export function startProgram([program = '', ...args]: readonly string[], settings: Readonly<Record<string, string>> = {}): Program {
  const child = spawn(program, args, { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
  const guard = guardGroup(child.pid ?? 0);
  return {
    output: () => text,
    signal: (signal) => child.kill(signal),
    exited: once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null)),
    [Symbol.dispose]: () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL');
      guard[Symbol.dispose]();
    },
  };
}
