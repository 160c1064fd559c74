import { spawn } from 'node:child_process';

/** The result of a program. `code` is null when a signal ended it or it could not be started. */
export interface ProgramResult {
  readonly code: number | null;
  /** Standard output and standard error in order of arrival, or the reason why the program could not be started. */
  readonly output: string;
}

/** Makes the whole environment of a database program. It inherits nothing, so that a PGDATA or PGPORT of ours has no effect on it. */
export function programEnvironment(libraryPath: readonly string[] = []): NodeJS.ProcessEnv {
  const base = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  if (libraryPath.length === 0) return base;
  return { ...base, [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: libraryPath.join(':') };
}

/** Runs a program to its end, as another account if one is given, from the root folder (which every account may enter). Never rejects. */
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
