import { stat } from 'node:fs/promises';
import { hasCode } from '../files/system-error.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { runProgram } from './program.ts';

/** The system account that the server runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** Commands that create the account: shadow-utils, then BusyBox. */
const accountCreators: readonly (readonly [string, readonly string[]])[] = [
  ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']],
  ['adduser', ['-S', '-D', '-H', 'postgres']],
];

/**
 * Chooses the account to run PostgreSQL as, since PostgreSQL refuses to run as root. null means the account of this process,
 * which is not root.
 *
 * For root: the owner of an existing cluster, or else `postgres`, created if it is missing, or else `nobody`.
 *
 * @param cluster folder that may already hold a cluster
 * @throws EmbeddedPostgresError when there is no such account
 */
export async function serverAccount(cluster: string, log: (message: string) => void): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await ownerOf(cluster);
  if (owner !== null && owner.uid !== 0) return owner;
  const existing = await accountNamed('postgres');
  if (existing !== null) return existing;
  for (const [program, args] of accountCreators) {
    await runProgram(program, args);
    const created = await accountNamed('postgres');
    if (created === null) continue;
    log('created the system account "postgres", because PostgreSQL does not run as root');
    return created;
  }
  const nobody = await accountNamed('nobody');
  if (nobody !== null) return nobody;
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and no other account is available: create a user named postgres, or set DATABASE_URL',
  );
}

async function ownerOf(folder: string): Promise<Account | null> {
  try {
    const { uid, gid } = await stat(folder);
    return { uid, gid, name: `user ${uid}` };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function accountNamed(name: string): Promise<Account | null> {
  const [uid, gid] = await Promise.all([runProgram('id', ['-u', name]), runProgram('id', ['-g', name])]);
  if (uid.code !== 0 || gid.code !== 0) return null;
  return { uid: Number(uid.output), gid: Number(gid.output), name };
}

/** Tells whether an account can enter a folder and run a program below it, by trying both as that account. */
export async function canReach(account: Account, folder: string, program?: string): Promise<boolean> {
  const test = program === undefined ? 'cd "$1"' : 'cd "$1" && [ -x "$2" ]';
  const { code } = await runProgram('/bin/sh', ['-c', test, 'sh', folder, program ?? ''], { account });
  return code === 0;
}
