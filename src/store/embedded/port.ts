import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hasCode } from '../files/system-error.ts';
import { EmbeddedPostgresError } from './errors.ts';

/** Returns the port recorded in a file if it is still free, or else any free port. Loopback only. @throws EmbeddedPostgresError when no port is free */
export async function choosePort(file: string): Promise<number> {
  const recorded = await readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
  const port = /^\d{1,5}$/.test(recorded.trim()) ? Number(recorded) : 0;
  return (port > 0 && port < 65_536 ? await bindOnce(port) : null) ?? (await anyFreePort());
}

/** Returns a port, chosen by the system, that is free at this moment. @throws EmbeddedPostgresError when none is */
export async function anyFreePort(): Promise<number> {
  const port = await bindOnce(0);
  if (port === null) throw new EmbeddedPostgresError('no port of 127.0.0.1 is free');
  return port;
}

function bindOnce(port: number): Promise<number | null> {
  return new Promise((done) => {
    const probe = createServer();
    probe.on('error', () => done(null));
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
