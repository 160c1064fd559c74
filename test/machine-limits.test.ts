import { describe, expect, it } from 'vitest';
import { type MachineLimits, machineLimits, usableCores } from '../src/machine-limits.ts';
import { slotsFor } from '../src/slots.ts';

const v2Mount = '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate';
const v1Mounts = (root: string): string =>
  [
    `33 31 0:30 ${root} /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:11 - cgroup cgroup rw,cpu,cpuacct`,
    `35 31 0:32 ${root} /sys/fs/cgroup/memory ro,nosuid master:15 - cgroup cgroup rw,memory`,
    '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
  ].join('\n');

/** The limits of a machine of 8 cores with these files. */
function limitsOf(files: Readonly<Record<string, string>>): MachineLimits {
  return machineLimits((path) => files[path] ?? null, 8);
}

const none = { cores: 8, cpuQuota: null, memoryMb: null };

describe('machineLimits', () => {
  it('has none where there are no control groups, no limits, or files that say nothing', () => {
    expect(limitsOf({})).toEqual(none);
    const group = { '/proc/self/cgroup': '0::/', '/proc/self/mountinfo': v2Mount };
    expect(limitsOf(group)).toEqual(none);
    expect(limitsOf({ ...group, '/sys/fs/cgroup/cpu.max': 'max 100000\n', '/sys/fs/cgroup/memory.max': 'max\n' })).toEqual(none);
    expect(limitsOf({ ...group, '/sys/fs/cgroup/cpu.max': '\n', '/sys/fs/cgroup/memory.max': '0\n' })).toEqual(none);
    expect(limitsOf({ '/proc/self/cgroup': 'nonsense', '/proc/self/mountinfo': 'nonsense - cgroup2' })).toEqual(none);
    const old = { '/proc/self/cgroup': '4:memory:/\n1:cpu,cpuacct:/\n0::/\n', '/proc/self/mountinfo': v1Mounts('/') };
    const unlimited = {
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    };
    expect(limitsOf({ ...old, ...unlimited })).toEqual(none);
  });

  it.each([
    ['50000 100000', 0.5],
    ['150000 100000', 1.5],
    ['400000 100000', 4],
    ['10000 20000', 0.5],
  ])('reads a quota of version 2: %s', (max, cpuQuota) => {
    const files = { '/proc/self/cgroup': '0::/', '/proc/self/mountinfo': v2Mount, '/sys/fs/cgroup/cpu.max': `${max}\n` };
    expect(limitsOf(files)).toEqual({ ...none, cpuQuota });
  });

  it('takes the least limit of a group and all above it', () => {
    const files = {
      '/proc/self/cgroup': '0::/kubepods.slice/pod 7.slice/box\n',
      '/proc/self/mountinfo': v2Mount,
      '/sys/fs/cgroup/kubepods.slice/pod 7.slice/box/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/kubepods.slice/pod 7.slice/box/memory.max': '8589934592\n',
      '/sys/fs/cgroup/kubepods.slice/pod 7.slice/cpu.max': '250000 100000\n',
      '/sys/fs/cgroup/kubepods.slice/pod 7.slice/memory.max': '4294967296\n',
      '/sys/fs/cgroup/kubepods.slice/memory.high': '3221225472\n',
      '/sys/fs/cgroup/kubepods.slice/cpu.max': '600000 100000\n',
    };
    expect(limitsOf(files)).toEqual({ cores: 8, cpuQuota: 2.5, memoryMb: 3072 });
  });

  it.each([
    ['a container that sees its group as the whole tree', '/docker/7f', '/docker/7f', ''],
    ['a process that sees the whole tree', '/', '/docker/7f', '/docker/7f'],
    ['a container in which the path of the group lies outside the mount', '/docker/7f', '/../../else', ''],
    ['a container in which another tree is mounted', '/docker/7f', '/docker/80', ''],
  ])('reads version 1 in %s', (_, root, path, below) => {
    const files = {
      '/proc/self/cgroup': `9:name=systemd:/\n4:memory:${path}\n1:cpu,cpuacct:${path}\n0::/\n`,
      '/proc/self/mountinfo': v1Mounts(root),
      [`/sys/fs/cgroup/cpu,cpuacct${below}/cpu.cfs_quota_us`]: '50000\n',
      [`/sys/fs/cgroup/cpu,cpuacct${below}/cpu.cfs_period_us`]: '100000\n',
      [`/sys/fs/cgroup/memory${below}/memory.limit_in_bytes`]: '1073741824\n',
    };
    expect(limitsOf(files)).toEqual({ cores: 8, cpuQuota: 0.5, memoryMb: 1024 });
  });

  it('reads the mount point of a path with spaces', () => {
    const files = {
      '/proc/self/cgroup': '0::/',
      '/proc/self/mountinfo': v2Mount.replace('/sys/fs/cgroup', '/sys/control\\040groups'),
      '/sys/control groups/cpu.max': '100000 100000',
    };
    expect(limitsOf(files).cpuQuota).toBe(1);
  });

  it('reads this machine without a fault', () => {
    expect(usableCores(machineLimits())).toBeGreaterThanOrEqual(1);
  });
});

describe('usableCores', () => {
  it.each([
    [null, 8],
    [0.5, 1],
    [1, 1],
    [1.5, 1],
    [2, 2],
    [7.99, 7],
    [64, 8],
  ])('of 8 cores and a quota of %s are %s', (cpuQuota, cores) => {
    expect(usableCores({ ...none, cpuQuota })).toBe(cores);
  });
});

describe('slotsFor', () => {
  it.each([
    [none, {}, 8, 2048, 'number of cores'],
    [{ ...none, cores: 1000 }, {}, 256, 2048, 'number of cores'],
    [{ ...none, cpuQuota: 1.5 }, {}, 1, 2048, 'CPU quota of 1.5 of 8 cores'],
    [{ ...none, cpuQuota: 16 }, {}, 8, 2048, 'number of cores'],
    [{ ...none, memoryMb: 65_536 }, {}, 8, 2048, 'number of cores'],
    [{ ...none, memoryMb: 8192 }, {}, 3, 2048, 'memory limit of 8192 MiB: 512 for the service, 2048 for each training'],
    [{ ...none, memoryMb: 8192, cpuQuota: 2 }, {}, 2, 2048, 'CPU quota of 2 of 8 cores'],
    [
      { ...none, memoryMb: 8192 },
      { trainerMemoryMb: 1024 },
      7,
      1024,
      'memory limit of 8192 MiB: 512 for the service, 1024 for each training',
    ],
    [{ ...none, memoryMb: 1024 }, {}, 1, 512, 'memory limit of 1024 MiB: 512 for the service, 512 for each training'],
    [{ ...none, memoryMb: 300 }, {}, 1, 256, 'memory limit of 300 MiB: 512 for the service, 256 for each training'],
    [
      { ...none, memoryMb: 1024 },
      { trainerMemoryMb: 4096 },
      1,
      4096,
      'memory limit of 1024 MiB: 512 for the service, 4096 for each training',
    ],
    [{ ...none, memoryMb: 8192, cpuQuota: 1 }, { slots: 3 }, 3, 2048, 'CLAVIER_SLOTS'],
    [
      { ...none, memoryMb: 8192 },
      { slots: 4 },
      4,
      2048,
      'CLAVIER_SLOTS, although more than fit the memory limit of 8192 MiB: 512 for the service, 2048 for each training',
    ],
  ])('of %j with %j set are %s', (limits, set, count, trainerMemoryMb, reason) => {
    expect(slotsFor(limits, set)).toEqual({ count, trainerMemoryMb, reason });
  });
});
