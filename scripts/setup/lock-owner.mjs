import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Identifies this process among all processes, past and present. A process number alone is reused after a restart and in every
 * container. A part that the platform does not provide is ''.
 */
export function thisProcess() {
  return { ...thisPlace(), pid: process.pid, startedAt: startOf(process.pid) };
}

/**
 * Tells whether an owner still runs: `alive`, `dead`, or `unknown`. Only the same running kernel and the same namespace of process
 * numbers prove anything: two machines or containers may have one host name.
 */
export function livenessOf(owner) {
  const here = thisPlace();
  const isProven = here.boot !== '' && (process.platform !== 'linux' || here.pidNamespace !== '');
  if (!isProven || owner.host !== here.host || owner.boot !== here.boot || owner.pidNamespace !== here.pidNamespace) return 'unknown';
  const startedAt = startOf(owner.pid); // '' for a hidden process of another user
  return isAlive(owner.pid) && (startedAt === '' || startedAt === owner.startedAt) ? 'alive' : 'dead';
}

/** Tells whether a process with this id exists, also one of another user. */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function thisPlace() {
  const linux = process.platform === 'linux';
  const boot = linux
    ? textOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
    : output('sysctl', ['-n', 'kern.bootsessionuuid']);
  return { host: hostname(), boot, pidNamespace: linux ? textOr(() => readlinkSync('/proc/self/ns/pid')) : '' };
}

/** Reads the start time of a process in the platform's format. */
function startOf(pid) {
  if (process.platform !== 'linux') return output('ps', ['-o', 'lstart=', '-p', String(pid)]);
  // Field 22. Field 2, the name, is in parentheses and may contain anything, parentheses included.
  return textOr(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });
}

const output = (program, args) => textOr(() => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));

/** Returns '' if the platform does not provide the part. */
function textOr(read) {
  try {
    return read().trim();
  } catch {
    return '';
  }
}
