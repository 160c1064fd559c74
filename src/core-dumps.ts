import { writeFileSync } from 'node:fs';

/** Tells an operator how to keep keys out of core dumps where the process cannot do it itself. */
export const coreDumpAdvice =
  'a core dump of this process would contain keys: switch core dumps off with "ulimit -c 0" (systemd: LimitCORE=0) where the service is started';

/**
 * Keeps the memory of this process and of its children out of core dumps, because keys and the database's password are in it: on Linux a
 * dump then has registers and no memory.
 *
 * @returns false where the system has no such setting, and dumps have to be switched off outside
 */
export function keepOutOfCoreDumps(): boolean {
  try {
    // No kind of mapping is dumped; see core(5).
    writeFileSync('/proc/self/coredump_filter', '0');
    return true;
  } catch {
    return false; // another system, or a container with a read-only /proc
  }
}
