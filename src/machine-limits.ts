import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { posix } from 'node:path';

/** The part of the machine that this process may use. */
export interface MachineLimits {
  /** Cores that the process may run on. */
  readonly cores: number;
  /** Cores' worth of time that the control groups of Linux allow, which may be a fraction; null: no quota. */
  readonly cpuQuota: number | null;
  /** Memory in MiB that the control groups allow; null: no limit. */
  readonly memoryMb: number | null;
}

/** Reads a file; null if there is none. */
export type ReadFile = (path: string) => string | null;

/** Reads the limits of this process. Node 20 knows the cores but not the quota of a container. */
export function machineLimits(read: ReadFile = readOrNull, cores = availableParallelism()): MachineLimits {
  const groups = controlGroups(read('/proc/self/cgroup') ?? '', read('/proc/self/mountinfo') ?? '');
  const quotas = groups.flatMap((group) => cpuQuota(group, read));
  const memory = groups.flatMap((group) => memoryBytes(group, read));
  return {
    cores,
    cpuQuota: quotas.length === 0 ? null : Math.min(...quotas),
    memoryMb: memory.length === 0 ? null : Math.floor(Math.min(...memory) / 1024 / 1024),
  };
}

/** Returns the whole cores that the process can keep busy, at least 1. */
export function usableCores({ cores, cpuQuota }: MachineLimits): number {
  return Math.max(1, Math.min(cores, Math.floor(cpuQuota ?? cores)));
}

/** A folder of a control group or of one of its ancestors. Every one of them limits the process. */
interface ControlGroup {
  readonly folder: string;
  readonly version: 1 | 2;
}

/**
 * Finds the folders of the groups of a process from /proc/self/cgroup and /proc/self/mountinfo: the group itself and its ancestors
 * up to the mount point. In a container, the mount may show only a part of the tree, and the path of the group may lie
 * outside of it; the mount point is then the group of the container.
 */
function controlGroups(cgroup: string, mountinfo: string): ControlGroup[] {
  const paths = cgroup.split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ controllers: (controllers ?? '').split(','), path }];
  });
  return mountinfo.split('\n').flatMap((line) => {
    const [mount, options] = line.split(' - ').map((half) => half.split(' '));
    const [root, point] = [mount?.[3], mount?.[4]];
    const [type, , controllers] = options ?? [];
    if (root === undefined || point === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    const own = paths.find((one) =>
      type === 'cgroup2' ? one.controllers.join() === '' : one.controllers.some((name) => controllers?.split(',').includes(name)),
    );
    return own === undefined ? [] : foldersOf(unescaped(point), within(unescaped(root), own.path), type === 'cgroup2' ? 2 : 1);
  });
}

/** Returns the path of a group below the root of its mount; `/` if it lies outside. */
function within(root: string, path: string): string {
  const below = posix.relative(root, path);
  return below === '..' || below.startsWith('../') || path.startsWith('/..') ? '/' : `/${below}`;
}

function foldersOf(point: string, path: string, version: 1 | 2): ControlGroup[] {
  const folders: ControlGroup[] = [];
  for (let at = path; ; at = posix.dirname(at)) {
    folders.push({ folder: posix.join(point, at), version });
    if (at === '/') return folders;
  }
}

/** mountinfo writes spaces and their kind as octal numbers. */
function unescaped(path: string): string {
  return path.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function cpuQuota({ folder, version }: ControlGroup, read: ReadFile): number[] {
  const [quota, period] =
    version === 2
      ? (read(posix.join(folder, 'cpu.max'))?.trim().split(' ') ?? [])
      : [read(posix.join(folder, 'cpu.cfs_quota_us'))?.trim(), read(posix.join(folder, 'cpu.cfs_period_us'))?.trim()];
  const cores = numberOf(quota) / numberOf(period);
  return Number.isFinite(cores) && cores > 0 ? [cores] : [];
}

/** Memory above `memory.high` is not refused, but slows a group down until it stands still. */
function memoryBytes({ folder, version }: ControlGroup, read: ReadFile): number[] {
  const names = version === 2 ? ['memory.max', 'memory.high'] : ['memory.limit_in_bytes'];
  return names.map((name) => numberOf(read(posix.join(folder, name))?.trim())).filter((bytes) => bytes > 0 && bytes < unlimitedBytes);
}

/** Version 1 writes the largest whole number of pages for no limit: almost 2^63. */
const unlimitedBytes = 2 ** 60;

/** NaN for `max`, for -1, which is no quota, and for a missing file. */
function numberOf(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // another platform, or a controller that is not there
  }
}
