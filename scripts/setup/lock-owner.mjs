import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * This process, told from every other one, past and present: a number alone comes back after a restart, and in every container.
 * What the platform does not tell is ''.
 */
export function thisProcess() {
  return { ...thisPlace(), pid: process.pid, startedAt: startOf(process.pid) };
}

/** Whether an owner still runs: `alive`, `dead`, or `unknown` on another machine or in another container. */
export function livenessOf(owner) {
  const here = thisPlace();
  if (owner.host !== here.host) return 'unknown';
  if (differ(owner.boot, here.boot)) return 'dead';
  if (differ(owner.pidNamespace, here.pidNamespace)) return 'unknown';
  return isAlive(owner.pid) && !differ(owner.startedAt, startOf(owner.pid)) ? 'alive' : 'dead';
}

/** Whether a process with this id exists; one of another user's counts. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two parts differ only where both are told. */
const differ = (one, other) => Boolean(one && other && one !== other);

function thisPlace() {
  const linux = process.platform === 'linux';
  const boot = linux ? textOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')) : output('sysctl', ['-n', 'kern.boottime']);
  return { host: hostname(), boot, pidNamespace: linux ? textOr(() => readlinkSync('/proc/self/ns/pid')) : '' };
}

/** When a process started, in the words of the platform. */
function startOf(pid) {
  if (process.platform !== 'linux') return output('ps', ['-o', 'lstart=', '-p', String(pid)]);
  // Field 22. Field 2, the name, is in brackets and may hold anything, brackets included.
  return textOr(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });
}

const output = (program, args) => textOr(() => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));

/** '' where the platform lacks it: the part is not told then. */
function textOr(read) {
  try {
    return read().trim();
  } catch {
    return '';
  }
}
