import { spawn } from 'node:child_process';

/** How a program ended. `code` is null where a signal ended it or it could not be started. */
export interface ProgramResult {
  readonly code: number | null;
  /** Both outputs, in the order they came; the reason where it could not be started. */
  readonly output: string;
}

/** The whole environment of a database program: nothing of ours, so that a PGDATA or PGPORT around us means nothing to it. */
export function programEnvironment(libraryPath: readonly string[] = []): NodeJS.ProcessEnv {
  const base = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  if (libraryPath.length === 0) return base;
  return { ...base, [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: libraryPath.join(':') };
}

/** Runs a program to its end, as another account where one is given, from the root folder (which every account may enter). */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { account?: { readonly uid: number; readonly gid: number } | null; env?: NodeJS.ProcessEnv } = {},
): Promise<ProgramResult> {
  const ids = options.account ? { uid: options.account.uid, gid: options.account.gid } : {};
  return new Promise((done) => {
    const child = spawn(program, args, { ...ids, cwd: '/', env: options.env ?? programEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => done({ code: null, output: error.message }));
    child.on('close', (code) => done({ code, output }));
  });
}
