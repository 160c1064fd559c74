import { type MachineLimits, usableCores } from './machine-limits.ts';
import { counted } from './shared/counted.ts';

/** The number of concurrent trainings, and how much memory each may use. */
export interface Slots {
  readonly count: number;
  /** The reason for the number, in words for the log. */
  readonly reason: string;
  readonly trainerMemoryMb: number;
}

const mostSlots = 256;
const usualTrainerMb = 2048;
const leastTrainerMb = 256;
/** Memory that is left for the service and its embedded database: idle, both together use about 250 MiB. */
const serviceMb = 512;

/**
 * Chooses what the settings leave open: as many slots as there are cores, or fewer where a CPU quota or a memory limit allows fewer.
 * A limit that has no room for one usual training lowers the memory of that one, so that a training that needs more is
 * stopped and charged by its runner, instead of being killed with others by the kernel.
 */
export function slotsFor(
  limits: MachineLimits,
  set: { readonly slots?: number | undefined; readonly trainerMemoryMb?: number | undefined },
): Slots {
  const roomMb = limits.memoryMb === null ? Number.POSITIVE_INFINITY : limits.memoryMb - serviceMb;
  const trainerMemoryMb = set.trainerMemoryMb ?? Math.min(usualTrainerMb, Math.max(leastTrainerMb, roomMb));
  const byMemory = Math.max(1, Math.floor(roomMb / trainerMemoryMb));
  const byCores = usableCores(limits);
  const memoryWords = `memory limit of ${limits.memoryMb} MiB: ${serviceMb} for the service, ${trainerMemoryMb} for each training`;
  if (set.slots !== undefined) {
    const reason = set.slots > byMemory ? `CLAVIER_SLOTS, although more than fit the ${memoryWords}` : 'CLAVIER_SLOTS';
    return { count: set.slots, reason, trainerMemoryMb };
  }
  const count = Math.min(mostSlots, byCores, byMemory);
  if (byMemory < byCores) return { count, reason: memoryWords, trainerMemoryMb };
  const isQuota = limits.cpuQuota !== null && limits.cpuQuota < limits.cores;
  const reason = isQuota ? `CPU quota of ${limits.cpuQuota} of ${counted(limits.cores, 'core')}` : 'number of cores';
  return { count, reason, trainerMemoryMb };
}
