import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** What tells a process from every other one, past and present. A part that the platform does not tell is ''. */
export const processIdentitySchema = z.object({
  host: z.string().max(255).describe('Name of the machine or container.'),
  boot: z.string().max(128).describe('Changes when the machine starts again.'),
  pidNamespace: z.string().max(128).describe('Process numbers mean something only within one namespace (one container).'),
  pid: z.int().min(1),
  startedAt: z
    .string()
    .max(128)
    .describe('When it started, in the words of the platform: tells it from a later process of the same number.'),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** `unknown`: on another machine, or in another container, where this process cannot look. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** The identity of this process. */
export function thisProcess(): ProcessIdentity {
  return { ...thisPlace(), pid: process.pid, startedAt: processStart(process.pid) ?? '' };
}

/** The identity of a process of this machine, or null where no process has that number. */
export function processIdentity(pid: number): ProcessIdentity | null {
  return pidExists(pid) ? { ...thisPlace(), pid, startedAt: processStart(pid) ?? '' } : null;
}

/**
 * Whether the very process of an identity still runs. A process of the same number that started at another time is
 * another process; one that ended and waits for its parent (a zombie) is dead.
 */
export function isAlive(identity: ProcessIdentity): Liveness {
  const here = thisPlace();
  if (identity.host !== here.host) return 'unknown';
  if (identity.boot !== here.boot) return 'dead';
  if (identity.pidNamespace !== here.pidNamespace) return 'unknown';
  if (!pidExists(identity.pid)) return 'dead';
  const startedAt = processStart(identity.pid);
  return startedAt === null || startedAt === identity.startedAt ? 'alive' : 'dead';
}

/** The command line of a process, arguments separated by spaces; null where there is none or it may not be seen. */
export function commandLine(pid: number): string | null {
  if (process.platform !== 'linux') return askPs(pid, 'command=');
  return readOrNull(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() || null;
}

function thisPlace(): Pick<ProcessIdentity, 'host' | 'boot' | 'pidNamespace'> {
  if (process.platform !== 'linux') return { host: hostname(), boot: bootTime(), pidNamespace: '' };
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
    // EPERM: it exists and belongs to someone else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  const state = process.platform === 'linux' ? statFields(pid)?.[0] : askPs(pid, 'stat=');
  return state?.startsWith('Z') === true || state?.startsWith('X') === true;
}

/** Field 22 of /proc/<pid>/stat: clock ticks from the boot to the start. Elsewhere the time that ps prints. */
function processStart(pid: number): string | null {
  return process.platform === 'linux' ? (statFields(pid)?.[19] ?? null) : askPs(pid, 'lstart=');
}

/** Fields 3 and up of /proc/<pid>/stat. Field 2, the name, is in brackets and may hold anything, brackets included. */
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

let knownBootTime: string | undefined;
function bootTime(): string {
  knownBootTime ??= outputOrNull('sysctl', ['-n', 'kern.boottime']) ?? '';
  return knownBootTime;
}

/** null where the program is missing or knows nothing: both mean that this part of an identity is not told. */
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
