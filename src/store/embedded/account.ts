import { stat } from 'node:fs/promises';
import { hasCode } from '../files/system-error.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { runProgram } from './program.ts';

/** An account of the system that the server runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** Ways to create the account, for the families of systems: shadow-utils, then BusyBox. */
const CREATE_ACCOUNT: readonly (readonly [string, readonly string[]])[] = [
  ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']],
  ['adduser', ['-S', '-D', '-H', 'postgres']],
];

/**
 * The account to run PostgreSQL as, which refuses to run as root. null: as ourselves, we are not root.
 *
 * As root: the owner of a cluster that exists; else `postgres`, created where it is missing; else `nobody`.
 *
 * @param cluster where a cluster may lie already
 * @throws EmbeddedPostgresError where no account can be had
 */
export async function serverAccount(cluster: string, log: (message: string) => void): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await ownerOf(cluster);
  if (owner !== null && owner.uid !== 0) return owner;
  const existing = await accountNamed('postgres');
  if (existing !== null) return existing;
  for (const [program, args] of CREATE_ACCOUNT) {
    await runProgram(program, args);
    const created = await accountNamed('postgres');
    if (created === null) continue;
    log('created the system account "postgres", as PostgreSQL does not run as root');
    return created;
  }
  const nobody = await accountNamed('nobody');
  if (nobody !== null) return nobody;
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and there is no account to run it as: create a user named postgres, or set DATABASE_URL',
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

/** Whether an account can enter a folder and run what is below it: asked of the system itself, as that account. */
export async function canReach(account: Account, folder: string, program?: string): Promise<boolean> {
  const test = program === undefined ? 'cd "$1"' : 'cd "$1" && [ -x "$2" ]';
  const { code } = await runProgram('/bin/sh', ['-c', test, 'sh', folder, program ?? ''], { account });
  return code === 0;
}
