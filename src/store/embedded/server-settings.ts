/**
 * Settings of shared memory that hold on any host. Huge pages: a container may see those of its host without being allowed to
 * use them, and a server that tries dies of a bus error. Dynamic shared memory: POSIX segments lie in /dev/shm, which
 * Docker limits to 64 MB and a read-only container may not have at all; every server uses System V segments anyway.
 */
export const sharedMemorySettings: Readonly<Record<string, string>> =
  process.platform === 'linux' ? { huge_pages: 'off', dynamic_shared_memory_type: 'sysv' } : { huge_pages: 'off' };

/** For tests: a power loss may destroy the database. */
const unsafeSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Returns the settings of the server's command line, which precede those of its files. @param durable false skips syncing to disk */
export function serverSettings(durable: boolean): Readonly<Record<string, string>> {
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...sharedMemorySettings,
    ...(durable ? {} : unsafeSettings),
  };
}
