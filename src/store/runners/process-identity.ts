import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** Identifies a process among all processes, past and present. A part that the platform does not provide is ''. */
export const processIdentitySchema = z.object({
  host: z.string().max(255).describe('Name of the machine or container.'),
  boot: z.string().max(128).describe('Random number of the running kernel; another after a restart and on another machine.'),
  pidNamespace: z.string().max(128).describe('Namespace of the process number (one per container), unique within the running kernel.'),
  pid: z.int().min(1),
  startedAt: z
    .string()
    .max(128)
    .describe("Start time in the platform's format; distinguishes a process from a later one with the same number."),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** `unknown` means on another machine, in another container or before a restart: this process cannot inspect it. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** Returns the identity of this process. */
export function thisProcess(): ProcessIdentity {
  return { ...thisPlace(), pid: process.pid, startedAt: processStart(process.pid) ?? '' };
}

/** Returns the identity of a process of this machine, or null if no process has that number. */
export function processIdentity(pid: number): ProcessIdentity | null {
  return pidExists(pid) ? { ...thisPlace(), pid, startedAt: processStart(pid) ?? '' } : null;
}

/**
 * Tells whether the process of an identity still runs. `dead` needs proof: the same running kernel and the same namespace of
 * process numbers, in which no process has that number and start time. Two machines or containers may have one host name, so
 * another boot of the same host is `unknown`, and so is everything where the platform provides no boot or namespace.
 */
export function isAlive(identity: ProcessIdentity): Liveness {
  const here = thisPlace();
  const isProven = here.boot !== '' && (process.platform !== 'linux' || here.pidNamespace !== '');
  if (!isProven || identity.host !== here.host) return 'unknown';
  if (identity.boot !== here.boot || identity.pidNamespace !== here.pidNamespace) return 'unknown';
  return stillRuns(identity) ? 'alive' : 'dead';
}

/**
 * Tells whether a process that this process has seen itself still runs. A process with the same number and another start time
 * is another process. A process that ended and waits for its parent (a zombie) does not run.
 */
export function stillRuns({ pid, startedAt }: Pick<ProcessIdentity, 'pid' | 'startedAt'>): boolean {
  if (!pidExists(pid)) return false;
  const start = processStart(pid);
  return start === null || start === startedAt;
}

/** Returns the process numbers of the children of a process, as far as the platform lists them. */
export function childrenOf(pid: number): number[] {
  const listed = process.platform === 'linux' ? readOrNull(`/proc/${pid}/task/${pid}/children`) : null;
  return (listed ?? '').split(' ').filter(Boolean).map(Number);
}

/** Returns the command line of a process, arguments separated by spaces; null if there is none or it is not accessible. */
export function commandLine(pid: number): string | null {
  if (process.platform !== 'linux') return askPs(pid, 'command=');
  return readOrNull(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() || null;
}

function thisPlace(): Pick<ProcessIdentity, 'host' | 'boot' | 'pidNamespace'> {
  if (process.platform !== 'linux') return { host: hostname(), boot: bootSession(), pidNamespace: '' };
  return {
    host: hostname(),
    boot: readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? '',
    pidNamespace: linkOrEmpty('/proc/self/ns/pid'),
  };
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  const state = process.platform === 'linux' ? statFields(pid)?.[0] : askPs(pid, 'stat=');
  return state?.startsWith('Z') === true || state?.startsWith('X') === true;
}

/** Returns field 22 of /proc/<pid>/stat, the clock ticks from boot to start; on other platforms the time that ps prints. */
function processStart(pid: number): string | null {
  return process.platform === 'linux' ? (statFields(pid)?.[19] ?? null) : askPs(pid, 'lstart=');
}

/** Reads fields 3 and up of /proc/<pid>/stat. Field 2, the name, is in parentheses and may contain anything, parentheses included. */
function statFields(pid: number): string[] | null {
  const text = readOrNull(`/proc/${pid}/stat`);
  return text === null
    ? null
    : text
        .slice(text.lastIndexOf(')') + 2)
        .trim()
        .split(' ');
}

function askPs(pid: number, column: string): string | null {
  return outputOrNull('ps', ['-o', column, '-p', String(pid)]);
}

let knownBoot: string | undefined;
function bootSession(): string {
  knownBoot ??= outputOrNull('sysctl', ['-n', 'kern.bootsessionuuid']) ?? '';
  return knownBoot;
}

/** Returns null when the program is missing or prints nothing: in both cases the platform does not provide this part of an identity. */
function outputOrNull(program: string, args: string[]): string | null {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || null;
  } catch {
    return null;
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function linkOrEmpty(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
